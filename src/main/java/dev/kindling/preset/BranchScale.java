package dev.kindling.preset;

import dev.kindling.model.Tensor;
import dev.kindling.scheme.Constant;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Structure;
import java.util.List;
import java.util.OptionalDouble;

/**
 * SkipInit, ReZero and LayerScale: the trained factor at the end of each branch starts small. Where
 * the model has none nothing changes, since a state dictionary must fit the model.
 *
 * <p>Sources: De, Smith 2020, https://arxiv.org/abs/2002.10444; Bachlechner et al. 2020,
 * https://arxiv.org/abs/2003.04887; Touvron et al. 2021, https://arxiv.org/abs/2103.17239, section
 * 2 (0.1, 1e-5, 1e-6 up to depth 18, 24 and beyond).
 *
 * @param name of the preset
 * @param extent what the factor must be
 * @param value what it starts as; absent for LayerScale's value for the depth
 */
record BranchScale(String name, Extent extent, OptionalDouble value) implements Preset {
  private static final int SHALLOW = 18;
  private static final int DEEP = 24;

  /** Size of a factor. */
  enum Extent {
    SCALAR,
    CHANNELS
  }

  @Override
  public Outcome apply(Subject subject) {
    Assignment assignment = new Assignment("preset " + name);
    List<Branch> branches = subject.branches();
    double start = value.orElseGet(() -> layerScale(Structure.layers(branches)));
    int without = 0;
    for (Branch branch : branches) {
      List<String> fitting =
          branch.scales().stream().filter(scale -> fits(subject.tensor(scale))).toList();
      without += fitting.isEmpty() ? 1 : 0;
      fitting.forEach(
          scale -> assignment.give(scale, new Constant(start), 1, "factor of " + branch.name()));
    }
    if (without > 0) {
      assignment.note(
          "%d of %d residual branches have no trained %s at their end; nothing changes there"
              .formatted(
                  without,
                  branches.size(),
                  extent == Extent.SCALAR ? "scalar" : "factor per channel"));
    }
    return assignment.outcome();
  }

  private boolean fits(Tensor scale) {
    return (scale.shape().elementCount() == 1) == (extent == Extent.SCALAR);
  }

  private static double layerScale(long depth) {
    return depth <= SHALLOW ? 0.1 : depth <= DEEP ? 1e-5 : 1e-6;
  }
}
