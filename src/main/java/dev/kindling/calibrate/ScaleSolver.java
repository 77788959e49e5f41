package dev.kindling.calibrate;

import dev.kindling.stats.LayerMoments;

/**
 * The scale s for which {@code s z + b} has a wanted variance, in closed form.
 *
 * <p><b>Formula.</b> {@code Var(s z + b) = A s^2 + 2 B s + C} with A the variance of z, C that of
 * the bias b and B their covariance; the larger root is {@code s = (-B + sqrt(B^2 - A (C -
 * target))) / A}, taken only if it is real and positive.
 */
final class ScaleSolver {
  /** Without a number format of its own: the manifest keeps it, whatever the machine's locale. */
  private static final String NO_ROOT = "no scale gives variance %s, its bias alone has %s";

  /** Such as an expert that no token was sent to. */
  static final String NO_DATA = "no row of the sample reached it";

  private ScaleSolver() {}

  /** Returns the scale, or why there is none. */
  static Solution solve(LayerMoments moments, double target) {
    double a = moments.squares() / moments.count();
    double b = moments.coMoment() / moments.count();
    double c = moments.biasSquares() / moments.count();
    if (moments.count() == 0) {
      return new Solution(1, NO_DATA);
    }
    if (!Double.isFinite(a) || !Double.isFinite(moments.mean())) {
      return new Solution(1, "its output is not finite");
    }
    if (!(a > 0)) {
      return new Solution(1, "its output does not vary");
    }
    double scale = (-b + Math.sqrt(b * b - a * (c - target))) / a;
    if (!(scale > 0)) {
      return new Solution(1, NO_ROOT.formatted(target, (float) c));
    }
    if ((float) scale == 0 || Float.isInfinite((float) scale)) {
      return new Solution(1, "no scale of float32 gives variance " + target);
    }
    return new Solution(scale, "");
  }

  /**
   * What came out.
   *
   * @param scale the scale, 1 if there is none
   * @param reason why there is none, otherwise empty
   */
  record Solution(double scale, String reason) {
    /** Returns this solution, or none if it is further from 1 than a bound, up or down. */
    Solution within(double bound) {
      return scale <= bound && scale >= 1 / bound
          ? this
          : new Solution(1, "its scale %s exceeds lsuv.max-correction".formatted((float) scale));
    }
  }
}
