package dev.kindling.preset;

import dev.kindling.model.Model;
import dev.kindling.scheme.Zeros;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Branch.Placement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is recommended at the end of residual branches, where the user states no default and no
 * preset treats them, so that a deep model starts with the variance of its stem: the scale of a
 * norm that ends a branch is 0; where none does, nor one behind the sum, the branch's last weights
 * have the recommendation's deviation times {@code 1 / sqrt(n)} for n such branches.
 *
 * <p>Source: Goyal et al. 2017, https://arxiv.org/abs/1706.02677, section 5.1, for the norms;
 * Radford et al. 2019, section 2.3, for the weights, who count two branches a layer.
 */
public final class BranchEnds {
  private BranchEnds() {}

  /**
   * Returns what presets give and, unless one of them treats a branch, what is recommended at the
   * ends of branches. A change of width treats none: both factors hold.
   */
  public static Preset.Outcome after(Preset.Outcome presets, Model model) {
    List<Branch> branches = new Subject(model).structure().branches();
    Map<String, Given> all = new LinkedHashMap<>(presets.given());
    if (branches.stream().flatMap(BranchEnds::tensors).anyMatch(name -> isTreated(all.get(name)))) {
      return presets;
    }
    of(branches).given().forEach((name, end) -> all.merge(name, end, BranchEnds::both));
    return new Preset.Outcome(all, presets.notes());
  }

  private static boolean isTreated(Given given) {
    return given != null
        && given.parts().stream().anyMatch(it -> it.scheme().isPresent() || it.at().isEmpty());
  }

  private static Given both(Given width, Given end) {
    double factor = end.parts().get(0).factor();
    return new Given(
        width.parts().stream()
            .map(part -> new Given.Part(part.scheme(), part.factor() * factor, part.at()))
            .toList(),
        width.why() + ", " + end.why());
  }

  private static Stream<String> tensors(Branch branch) {
    return Stream.of(branch.weights(), branch.norms(), branch.endNorms(), branch.scales())
        .flatMap(List::stream);
  }

  private static Preset.Outcome of(List<Branch> branches) {
    Assignment assignment = new Assignment("recommended");
    List<Branch> open = branches.stream().filter(BranchEnds::addsUp).toList();
    for (Branch branch : branches) {
      branch.endNorms().forEach(norm -> assignment.give(norm, new Zeros(), 1, end(branch)));
    }
    if (open.size() > 1) {
      open.forEach(branch -> scale(branch, open.size(), assignment));
    }
    return assignment.outcome();
  }

  /** A norm behind the sum sets the variance anew at every branch. */
  private static boolean addsUp(Branch branch) {
    return branch.endNorms().isEmpty() && branch.placement() != Placement.AFTER;
  }

  private static void scale(Branch branch, int count, Assignment assignment) {
    double factor = 1 / Math.sqrt((double) count);
    List<Given.Part> scaled = List.of(new Given.Part(Optional.empty(), factor));
    String why = "%s, n = %d".formatted(end(branch), count);
    branch.ends().forEach(weight -> assignment.give(weight, scaled, why));
  }

  private static String end(Branch branch) {
    return "end of " + branch.name();
  }
}
