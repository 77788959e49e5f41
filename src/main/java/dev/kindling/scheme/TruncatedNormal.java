package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Independent normals restricted to an interval.
 *
 * @param mean mean before truncation
 * @param std standard deviation, see {@code stdOf}
 * @param low lower end, see {@code bounds}
 * @param high upper end
 * @param bounds what the ends are counted in
 * @param stdOf whether {@code std} is meant before truncation, or after
 */
@About(
    formula =
        "N(mean, s^2) cut at low and high; s = std, or with std_of: truncated s = std / c, where c is the"
            + " standard deviation of the standard normal so cut (0.8796 at -2 and 2)",
    source =
        "tf.truncated_normal and keras.initializers.TruncatedNormal (bounds: deviations, no correction);"
            + " torch.nn.init.trunc_normal_ (bounds: absolute)",
    use =
        "Where a standard deviation and hard bounds are given. With bounds: absolute a small std is not cut"
            + " at all: std 0.02 has its bounds at 100 standard deviations.",
    aliases = {"trunc_normal"})
public record TruncatedNormal(
    double mean, double std, double low, double high, Bounds bounds, StdOf stdOf)
    implements Scheme {
  /** What the ends of the interval are counted in. */
  public enum Bounds {
    /** Standard deviations before truncation, from the mean. */
    DEVIATIONS,
    /** The values themselves. */
    ABSOLUTE
  }

  /** What a stated standard deviation is that of. */
  public enum StdOf {
    UNTRUNCATED,
    TRUNCATED
  }

  public TruncatedNormal {
    Require.positive(std, "std");
    if (bounds == Bounds.ABSOLUTE && stdOf == StdOf.TRUNCATED) {
      throw new IllegalArgumentException("std_of: truncated needs bounds: deviations");
    }
    truncated(mean, std, low, high, bounds, stdOf);
  }

  @Override
  public Draw draw(Fans fans) {
    return truncated(mean, std, low, high, bounds, stdOf);
  }

  private static Draw truncated(
      double mean, double std, double low, double high, Bounds bounds, StdOf stdOf) {
    if (bounds == Bounds.ABSOLUTE) {
      return new Draw.Truncated(mean, std, (low - mean) / std, (high - mean) / std);
    }
    Draw.Truncated plain = new Draw.Truncated(mean, std, low, high);
    return stdOf == StdOf.UNTRUNCATED
        ? plain
        : new Draw.Truncated(mean, std * std / plain.stdAfter(), low, high);
  }
}
