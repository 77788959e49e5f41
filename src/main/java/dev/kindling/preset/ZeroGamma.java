package dev.kindling.preset;

import dev.kindling.scheme.Zeros;
import dev.kindling.structure.Branch;
import java.util.List;

/**
 * The scale of the norm that ends a residual branch is 0, so the branch starts as nothing.
 *
 * <p>Source: Goyal et al. 2017, Accurate, large minibatch SGD, https://arxiv.org/abs/1706.02677,
 * section 5.1.
 */
record ZeroGamma() implements Preset {
  @Override
  public String name() {
    return "zero_gamma";
  }

  @Override
  public Outcome apply(Subject subject) {
    Assignment assignment = new Assignment("preset " + name());
    List<Branch> branches = subject.branches();
    List<Branch> normed = branches.stream().filter(b -> !b.endNorms().isEmpty()).toList();
    if (normed.isEmpty()) {
      throw new IllegalArgumentException(
          "none of the %d residual branches ends in a norm, whose scale could be 0"
              .formatted(branches.size()));
    }
    normed.forEach(
        branch ->
            branch
                .endNorms()
                .forEach(norm -> assignment.give(norm, new Zeros(), 1, "end of " + branch.name())));
    if (normed.size() < branches.size()) {
      assignment.note(
          "%d of %d residual branches do not end in a norm; nothing changes there"
              .formatted(branches.size() - normed.size(), branches.size()));
    }
    return assignment.outcome();
  }
}
