package dev.kindling.preset;

import dev.kindling.model.Tensor;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.Zeros;
import java.util.List;
import java.util.Optional;

/**
 * The bias of the output layer starts where the labels are: logarithms of the classes' frequencies,
 * or one number for a regression; the layer's weights are 0, so that the first prediction is that.
 *
 * <p>Source: folklore; Lin et al. 2017, https://arxiv.org/abs/1708.02002, section 4.1 for a
 * sigmoid's.
 *
 * @param values one for each output
 * @param weights what becomes of the layer's weights
 */
public record OutputBias(List<Double> values, Weights weights) implements Preset {
  /** What becomes of the weights of the output layer. */
  public enum Weights {
    ZERO,
    KEEP
  }

  public OutputBias {
    values = List.copyOf(values);
  }

  /**
   * Returns the logarithms of the classes' frequencies: {@code log((n_k + smoothing) / (n +
   * smoothing classes))}.
   *
   * @throws IllegalArgumentException if a class is not there and nothing smooths that
   */
  public static List<Double> logPrior(List<Long> counts, double smoothing) {
    double all = counts.stream().mapToLong(Long::longValue).sum() + smoothing * counts.size();
    return counts.stream().map(count -> log(count + smoothing, all)).toList();
  }

  private static double log(double share, double all) {
    if (!(share > 0)) {
      throw new IllegalArgumentException(
          "a class has no rows (expected at least one of each, or smoothing above 0)");
    }
    return StrictMath.log(share / all);
  }

  @Override
  public String name() {
    return "output_bias";
  }

  @Override
  public Outcome apply(Subject subject) {
    List<String> heads = subject.structure().heads();
    if (heads.size() != 1) {
      throw new IllegalArgumentException(
          "it is not clear which layer is the output (expected one, found %s)".formatted(heads));
    }
    Tensor bias =
        subject
            .biasOf(heads.get(0))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the output layer '%s' has no bias".formatted(heads.get(0))));
    if (bias.shape().elementCount() != values.size()) {
      throw new IllegalArgumentException(
          "'%s' does not fit the labels (expected %d outputs, found %d)"
              .formatted(bias.name(), values.size(), bias.shape().elementCount()));
    }
    Assignment assignment = new Assignment(name());
    List<Given.Part> parts =
        values.stream().map(value -> new Given.Part(Optional.of(new Constant(value)), 1)).toList();
    assignment.give(bias.name(), parts, "from the labels");
    if (weights == Weights.ZERO) {
      assignment.give(heads.get(0), new Zeros(), 1, "weights of the output layer");
    }
    return assignment.outcome();
  }
}
