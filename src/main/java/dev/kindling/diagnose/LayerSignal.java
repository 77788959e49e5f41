package dev.kindling.diagnose;

import dev.kindling.model.Activation;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a sample shows of a layer's output, bias included and before its activation.
 *
 * @param layer name of the layer
 * @param scheme names of the schemes of its weight
 * @param activation what follows it
 * @param mean mean over samples, channels and places
 * @param variance population variance over the same
 * @param secondMoment mean of the squares
 * @param saturated share of values where the derivative of tanh or sigmoid is below 7 percent of
 *     its largest; absent for other activations
 * @param dead share of channels that a ReLU leaves at zero for every sample and place; absent for
 *     other activations
 * @param effectiveRank {@code exp(H(p))} with {@code p} the singular values of the matrix of
 *     samples by features divided by their sum; absent if the first axis is not that of samples.
 *     Source: Roy, Vetterli 2007, The effective rank
 * @param cosine mean cosine of two samples' outputs; absent likewise
 * @param jacobian mean square singular value of the Jacobian from here to the last layer; absent
 *     for the last
 */
public record LayerSignal(
    String layer,
    String scheme,
    Activation activation,
    double mean,
    double variance,
    double secondMoment,
    OptionalDouble saturated,
    OptionalDouble dead,
    OptionalDouble effectiveRank,
    OptionalDouble cosine,
    Optional<Estimate> jacobian)
    implements Serializable {

  /**
   * An estimate from random directions.
   *
   * @param value the mean
   * @param error its standard error
   */
  public record Estimate(double value, double error) implements Serializable {}

  private Object writeReplace() {
    return new Serialised(
        layer,
        scheme,
        activation,
        new double[] {mean, variance, secondMoment},
        new double[][] {
          array(saturated), array(dead), array(effectiveRank), array(cosine),
        },
        jacobian.orElse(null));
  }

  private static double[] array(OptionalDouble number) {
    return number.stream().toArray();
  }

  /** The same without optional numbers, which cannot be serialised: arrays of one or none. */
  private record Serialised(
      String layer,
      String scheme,
      Activation activation,
      double[] moments,
      double[][] optional,
      Estimate jacobian)
      implements Serializable {
    private Object readResolve() {
      return new LayerSignal(
          layer,
          scheme,
          activation,
          moments[0],
          moments[1],
          moments[2],
          first(optional[0]),
          first(optional[1]),
          first(optional[2]),
          first(optional[3]),
          Optional.ofNullable(jacobian));
    }

    private static OptionalDouble first(double[] numbers) {
      return Arrays.stream(numbers).findFirst();
    }
  }
}
