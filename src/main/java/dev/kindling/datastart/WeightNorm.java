package dev.kindling.datastart;

import java.util.Objects;

/**
 * Weights are stored as length g and direction v: {@code w = g v / |v|}, |v| over all that goes
 * into an output. v is normal of mean 0 and standard deviation 0.05; g and the bias give each
 * output variance 1 and mean 0 on the sample.
 *
 * <p>Source: Salimans, Kingma 2016, Weight normalization, section 3, <a
 * href="https://arxiv.org/abs/1602.07868">arXiv:1602.07868</a>. Deviation: no 10^-10 is added to
 * the variance; an output that does not vary is left alone and named.
 *
 * @param names how g and v are called
 */
public record WeightNorm(Names names) implements DataStart {
  /** Standard deviation of v. */
  public static final double STD = 0.05;

  /** How PyTorch calls g and v of a tensor. */
  public enum Names {
    /** {@code torch.nn.utils.parametrizations.weight_norm}: original0 and original1. */
    PARAMETRIZATION,
    /** {@code torch.nn.utils.weight_norm}: weight_g and weight_v. */
    HOOK;

    /** Returns the name of the lengths of a weight. */
    public String length(String weight) {
      return named(weight, "_g", "0");
    }

    /** Returns the name of the directions of a weight. */
    public String direction(String weight) {
      return named(weight, "_v", "1");
    }

    private String named(String weight, String suffix, String number) {
      int dot = weight.lastIndexOf('.') + 1;
      return this == HOOK
          ? weight + suffix
          : weight.substring(0, dot)
              + "parametrizations."
              + weight.substring(dot)
              + ".original"
              + number;
    }
  }

  public WeightNorm {
    Objects.requireNonNull(names, "names are null");
  }

  @Override
  public double mean() {
    return 0;
  }
}
