package dev.kindling.preset;

import dev.kindling.model.Model;
import dev.kindling.scheme.Zeros;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Branch.Placement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
   * Returns what presets give and, unless one of them gives something to a branch, what is
   * recommended at the ends of branches.
   */
  public static Preset.Outcome after(Preset.Outcome presets, Model model) {
    List<Branch> branches = new Subject(model).structure().branches();
    Set<String> treated = presets.given().keySet();
    if (branches.stream().flatMap(BranchEnds::tensors).anyMatch(treated::contains)) {
      return presets;
    }
    Map<String, Given> all = new LinkedHashMap<>(presets.given());
    all.putAll(of(branches).given());
    return new Preset.Outcome(all, presets.notes());
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
