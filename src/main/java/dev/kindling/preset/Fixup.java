package dev.kindling.preset;

import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.Ones;
import dev.kindling.scheme.Zeros;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Branch.Placement;
import java.util.List;
import java.util.Optional;

/**
 * Fixup: the head and the last weight of each residual branch are 0, the branch's others He times
 * {@code L^(-1 / (2 m - 2))} for L branches of m matrices; stem and shortcuts He.
 *
 * <p>Source: Zhang, Dauphin, Ma 2019, Fixup initialization, https://arxiv.org/abs/1901.09321,
 * section 3 and the authors' code, which has He by fan-out. Deviation: a branch that ends in a
 * batch norm gets gamma 0 there instead.
 *
 * @param mode fan of He's variance
 */
record Fixup(FanMode mode) implements Preset {
  @Override
  public String name() {
    return "fixup";
  }

  @Override
  public Outcome apply(Subject subject) {
    Assignment assignment = new Assignment("preset " + name());
    List<Branch> branches = subject.branches();
    branches.forEach(branch -> branch(branch, branches.size(), assignment));
    for (String head : subject.structure().heads()) {
      if (subject.tensor(head).role().isWeight()) {
        assignment.give(head, new Zeros(), 1, "head");
      }
    }
    subject.tensors(Role.BIAS).forEach(t -> assignment.give(t.name(), new Zeros(), 1, "bias"));
    subject
        .tensors(Role.RESIDUAL_SCALE)
        .forEach(t -> assignment.give(t.name(), new Ones(), 1, "multiplier"));
    subject
        .weights()
        .filter(Fixup::hasFans)
        .forEach(t -> assignment.give(t.name(), new HeNormal(mode, 0), 1, "outside of branches"));
    if (subject.tensors(Role.RESIDUAL_SCALE).findAny().isEmpty()) {
      assignment.note(
          "the model has none of Fixup's scalar multipliers; weights are set all the same");
    }
    return assignment.outcome();
  }

  private void branch(Branch branch, int depth, Assignment assignment) {
    if (branch.placement() == Placement.BATCH) {
      normed(branch, assignment);
      return;
    }
    double factor =
        branch.matrices() < 2 || depth < 2
            ? 1
            : StrictMath.pow(depth, -1.0 / (2 * branch.matrices() - 2));
    branch.ends().forEach(end -> assignment.give(end, new Zeros(), 1, "last of " + branch.name()));
    String why = "%s of L = %d, m = %d".formatted(branch.name(), depth, branch.matrices());
    branch.weights().forEach(w -> assignment.give(w, new HeNormal(mode, 0), factor, why));
  }

  private void normed(Branch branch, Assignment assignment) {
    if (branch.endNorms().isEmpty()) {
      throw new IllegalArgumentException(
          "branch '%s' has batch norm, which Fixup is there to replace, and does not end in it, so that no gamma can be 0 instead"
              .formatted(branch.name()));
    }
    branch
        .endNorms()
        .forEach(
            norm -> assignment.give(norm, new Zeros(), 1, "gamma at the end of " + branch.name()));
    branch
        .weights()
        .forEach(
            w -> assignment.give(w, new HeNormal(mode, 0), 1, "before batch norm, not scaled"));
    assignment.note(
        "branch '%s' has batch norm: its last gamma is 0 and its weights are not scaled"
            .formatted(branch.name()));
  }

  private static boolean hasFans(Tensor tensor) {
    return tensor.role() == Role.DENSE
        || tensor.role() == Role.JOINT_DENSE
        || tensor.role() == Role.SPREAD_DENSE
        || tensor.role() == Role.PAIRED_DENSE
        || tensor.role() == Role.CONV
        || tensor.role() == Role.DEPTHWISE
        || tensor.role() == Role.TRANSPOSED_CONV
        || tensor.role() == Role.FUSED_QKV
        || tensor.role() == Role.EXPERTS;
  }

  @Override
  public Optional<String> undoneByLsuv() {
    return Optional.of(
        "it would scale the branches that Fixup makes small by their depth, and cannot scale its zeros");
  }
}
