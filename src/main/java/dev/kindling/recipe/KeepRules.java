package dev.kindling.recipe;

import dev.kindling.base.InputException;
import dev.kindling.expand.ExpandSettings;
import dev.kindling.expand.Expander;
import dev.kindling.expand.Grown;
import dev.kindling.model.Model;
import dev.kindling.model.SourceTensor;
import dev.kindling.model.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds the tensors of other checkpoints that rules keep, and all that does not fit. */
final class KeepRules {
  private final Model model;
  private final List<Rule> rules;
  private final SourceCatalog catalog;
  private final List<String> problems = new ArrayList<>();

  KeepRules(Model model, List<Rule> rules, SourceCatalog catalog) {
    this.model = model;
    this.rules = rules;
    this.catalog = catalog;
  }

  /** Returns what a tensor keeps by a rule, or notes why it cannot. */
  Optional<Source> source(Tensor tensor, Rule rule, Start.Kept kept) {
    Map<String, SourceTensor> there = catalog.tensors(kept.from());
    List<String> names = names(tensor, rule, kept);
    Optional<SourceTensor> found =
        names.stream().filter(there::containsKey).map(there::get).findFirst();
    if (found.isEmpty()) {
      problems.add(
          "Cannot keep tensor '%s' from '%s': it has no tensor '%s'"
              .formatted(tensor.name(), kept.from(), names.get(0)));
    } else if (!found.get().shape().equals(tensor.shape())) {
      problems.add(
          "Cannot keep tensor '%s' from '%s': its shape there is another (expected %s, found %s)"
              .formatted(tensor.name(), kept.from(), tensor.shape(), found.get().shape()));
      return Optional.empty();
    }
    return found.map(Source.Kept::new);
  }

  /** Returns what the small model gives, and notes what it cannot. */
  Map<String, Grown> grown(InitSettings settings, Predicate<Tensor> isRuled) {
    if (settings.expand().isEmpty()) {
      return Map.of();
    }
    ExpandSettings expand = settings.expand().get();
    Expander.Result result =
        Expander.expand(
            model, catalog.tensors(expand.from()), expand, isRuled, catalog::meanSquare);
    problems.addAll(result.problems());
    return result.grown();
  }

  /**
   * Looks for tensors that no tensor of the model corresponds to.
   *
   * @throws InputException with all that was noted, if anything was
   */
  void finish() {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).start() instanceof Start.Kept kept
          && kept.unexpected() == Start.Unexpected.REFUSE) {
        unexpected(rules.get(i), i, kept);
      }
    }
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
  }

  private void unexpected(Rule rule, int number, Start.Kept kept) {
    Set<String> expected = new HashSet<>();
    model.tensors().stream()
        .filter(tensor -> names(tensor).anyMatch(name -> fits(rule, name)))
        .forEach(tensor -> expected.addAll(names(tensor, rule, kept)));
    String glob = kept.name().or(rule::match).orElse("*");
    catalog
        .tensors(kept.from())
        .keySet()
        .forEach(
            name -> {
              if (Rule.matches(glob, name) && !expected.contains(name)) {
                problems.add(
                    "Cannot keep '%s' of '%s': %s has no tensor for it (expected one, a narrower init.rules[%d].match, or unexpected: ignore)"
                        .formatted(name, kept.from(), model.name(), number));
              }
            });
  }

  private static List<String> names(Tensor tensor, Rule rule, Start.Kept kept) {
    return names(tensor)
        .filter(name -> fits(rule, name))
        .map(
            name ->
                kept.name()
                    .map(there -> Glob.rename(rule.match().orElse("*"), name, there))
                    .orElse(name))
        .toList();
  }

  private static Stream<String> names(Tensor tensor) {
    return Stream.concat(Stream.of(tensor.name()), tensor.aliases().stream());
  }

  private static boolean fits(Rule rule, String name) {
    return Rule.matches(rule.match().orElse("*"), name);
  }
}
