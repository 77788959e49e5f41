package dev.kindling.preset;

import dev.kindling.scheme.GlorotNormal;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Branch.Placement;
import dev.kindling.structure.Side;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * DeepNorm: Xavier normal, with gain beta for values, attention outputs and both matrices of the
 * MLP. The model multiplies its skips by alpha itself.
 *
 * <p>Source: Wang et al. 2022, DeepNet, https://arxiv.org/abs/2203.00555, figure 2. One stack of N
 * layers: alpha {@code (2 N)^(1/4)}, beta {@code (8 N)^(-1/4)}; encoder of N and decoder of M: 0.81
 * (N^4 M)^(1/16) and 0.87 (N^4 M)^(-1/16), (3 M)^(1/4) and (12 M)^(-1/4).
 */
record DeepNorm() implements Preset {
  @Override
  public String name() {
    return "deepnorm";
  }

  @Override
  public Outcome apply(Subject subject) {
    List<Branch> branches = subject.transformerBranches();
    Assignment assignment = new Assignment("preset " + name());
    ValuePath path = new ValuePath(subject, new GlorotNormal(1), assignment);
    branches.forEach(branch -> path.give(branch, beta(subject, branch.side())));
    subject
        .weights()
        .forEach(t -> assignment.give(t.name(), new GlorotNormal(1), 1, "outside of branches"));
    branches.stream()
        .map(Branch::side)
        .distinct()
        .forEach(
            side ->
                assignment.note(
                    "%s: multiply each skip by alpha = %s in the model's code"
                        .formatted(
                            side.label(),
                            String.format(Locale.ROOT, "%.5f", alpha(subject, side)))));
    if (branches.stream().anyMatch(b -> b.placement() != Placement.AFTER)) {
      assignment.note("not every sum is followed by a norm, as DeepNorm has it");
    }
    return assignment.outcome();
  }

  private static double beta(Subject subject, Side side) {
    long encoder = subject.layers(Side.ENCODER);
    long decoder = subject.layers(Side.DECODER);
    if (encoder == 0 || decoder == 0 || side == Side.SINGLE) {
      return StrictMath.pow(8.0 * subject.layers(side), -0.25);
    }
    return side == Side.ENCODER
        ? 0.87 * StrictMath.pow(StrictMath.pow((double) encoder, 4) * decoder, -1.0 / 16)
        : StrictMath.pow(12.0 * decoder, -0.25);
  }

  private static double alpha(Subject subject, Side side) {
    long encoder = subject.layers(Side.ENCODER);
    long decoder = subject.layers(Side.DECODER);
    if (encoder == 0 || decoder == 0 || side == Side.SINGLE) {
      return StrictMath.pow(2.0 * subject.layers(side), 0.25);
    }
    return side == Side.ENCODER
        ? 0.81 * StrictMath.pow(StrictMath.pow((double) encoder, 4) * decoder, 1.0 / 16)
        : StrictMath.pow(3.0 * decoder, 0.25);
  }

  @Override
  public Optional<String> undoneByLsuv() {
    return Optional.of("it would scale the matrices that DeepNorm makes small by their depth");
  }
}
