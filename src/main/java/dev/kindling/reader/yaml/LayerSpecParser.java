package dev.kindling.reader.yaml;

import dev.kindling.reader.compile.LayerSpec;
import dev.kindling.reader.file.Problems;
import dev.kindling.reader.file.Tree;
import dev.kindling.reader.yaml.LayerKinds.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns the entries of {@code layers} into specifications and notes everything that is wrong with
 * them.
 */
final class LayerSpecParser {
  private static final String RESIDUAL = "residual";
  private static final String REPEAT = "repeat";
  private static final Set<String> RESIDUAL_KEYS =
      Set.of("name", "branch", "shortcut", "skip-scale");

  /** Turns of all repetitions together. */
  private static final int MAX_TURNS = 100_000;

  private static final Set<String> REPEAT_KEYS = Set.of("name", "times", "layers");

  private final Problems problems;
  private final LayerNames names;
  private final Map<String, Kind> kinds = new LayerKinds().kinds();
  private int turns;

  LayerSpecParser(Problems problems) {
    this.problems = problems;
    this.names = new LayerNames(problems);
  }

  /** Returns the layers of a model. */
  List<LayerSpec> parse(Tree layers) {
    names.collect(layers);
    return list("layers", layers);
  }

  private List<LayerSpec> list(String key, Tree layers) {
    if (!(layers instanceof Tree.Items list) || list.items().isEmpty()) {
      problems.add(
          "'%s'".formatted(key),
          layers.line(),
          "it is no list of layers (expected such as [relu, {dense: {out: 10}}], found %s)"
              .formatted(layers.describe()));
      return List.of();
    }
    List<LayerSpec> specs = new ArrayList<>();
    list.items().forEach(entry -> specs.addAll(entry(entry)));
    return specs;
  }

  private List<LayerSpec> entry(Tree entry) {
    if (entry instanceof Tree.Leaf leaf && leaf.value() instanceof String word) {
      return layers(word, leaf.line(), new Tree.Leaf(null, leaf.line()));
    }
    if (entry instanceof Tree.Fields map && map.fields().size() == 1) {
      Map.Entry<String, Tree> only = map.fields().entrySet().iterator().next();
      return layers(only.getKey(), map.line(), only.getValue());
    }
    problems.add(
        "a layer",
        entry.line(),
        "expected a word or a map with one key, found %s".formatted(entry.describe()));
    return List.of();
  }

  private List<LayerSpec> layers(String word, int line, Tree argument) {
    if (word.equals(REPEAT)) {
      return fields(word, argument, REPEAT_KEYS, "")
          .map(fields -> repeat(settings(word, fields, REPEAT_KEYS)))
          .orElse(List.of());
    }
    if (word.equals(RESIDUAL)) {
      return fields(word, argument, RESIDUAL_KEYS, "branch").stream()
          .map(fields -> residual(line, fields))
          .toList();
    }
    Kind kind = kinds.get(word);
    if (kind == null) {
      Collection<String> known = new ArrayList<>(kinds.keySet());
      known.addAll(List.of(RESIDUAL, REPEAT));
      problems.addUnknown("a layer", line, "layer", word, known);
      return List.of();
    }
    return fields(word, argument, kind.keys(), kind.shorthand()).stream()
        .map(
            fields -> {
              String name =
                  names.name(Optional.ofNullable(fields.fields().get("name")), type(word));
              return kind.parser().parse(name, line, settings(name, fields, kind.keys()));
            })
        .toList();
  }

  private static String type(String word) {
    return word.replaceAll("\\dd", "").replace('-', '_');
  }

  private Settings settings(String name, Tree.Fields fields, Collection<String> keys) {
    Settings settings = new Settings("layer '%s'".formatted(name), fields, problems);
    settings.allowOnly(new TreeSet<>(keys));
    return settings;
  }

  /**
   * Returns the settings, with the shorthands {@code dropout: 0.1} and {@code residual: [...]}
   * written out.
   */
  private Optional<Tree.Fields> fields(
      String word, Tree argument, Collection<String> keys, String shorthand) {
    if (argument instanceof Tree.Fields fields) {
      return Optional.of(fields);
    }
    if (argument instanceof Tree.Leaf leaf && leaf.value() == null) {
      return Optional.of(Settings.none(argument.line()));
    }
    if (!shorthand.isEmpty()) {
      return Optional.of(new Tree.Fields(Map.of(shorthand, argument), argument.line()));
    }
    problems.add(
        "layer '%s'".formatted(word),
        argument.line(),
        "its settings are no map (expected keys of %s, found %s)"
            .formatted(String.join(", ", new TreeSet<>(keys)), argument.describe()));
    return Optional.empty();
  }

  private LayerSpec residual(int line, Tree.Fields fields) {
    String name = names.name(Optional.ofNullable(fields.fields().get("name")), RESIDUAL);
    Settings settings = settings(name, fields, RESIDUAL_KEYS);
    settings.require("branch", "a list of layers");
    return new LayerSpec.Residual(
        name,
        line,
        settings.part("branch").map(part -> list("branch", part)).orElse(List.of()),
        settings.part("shortcut").map(part -> list("shortcut", part)).orElse(List.of()),
        settings.positive("skip-scale", 1));
  }

  /** Names of what is inside begin with the name of the repetition and the number of the turn. */
  private List<LayerSpec> repeat(Settings settings) {
    settings.require("layers", "a list of layers");
    Optional<Tree> layers = settings.part("layers");
    long times = settings.count("times");
    String prefix = settings.text("name").orElse("");
    List<LayerSpec> specs = new ArrayList<>();
    int before = problems.count();
    for (long turn = 0; turn < times && layers.isPresent() && problems.count() == before; turn++) {
      if (++turns > MAX_TURNS) {
        problems.add(
            "layer 'repeat'",
            layers.get().line(),
            "there are too many turns (expected at most %d together)".formatted(MAX_TURNS));
        return specs;
      }
      names.enter(prefix.isEmpty() ? String.valueOf(turn) : prefix + "." + turn);
      specs.addAll(list("layers", layers.get()));
      names.leave();
    }
    return specs;
  }
}
