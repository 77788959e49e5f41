package dev.kindling.calibrate;

import dev.kindling.calibrate.ScaleSolver.Solution;
import dev.kindling.stats.LayerMoments;

/**
 * Looks for the scale s for which {@code f(s z + b)} has a wanted variance, where f is an
 * activation and no closed form exists. It proposes scales, and is told the variance that came out.
 *
 * <p><b>Formula.</b> With x = ln s and y = ln(V(s) / target), a secant through the last two points;
 * the first step takes the slope 2, which ReLU and other homogeneous functions have without a bias,
 * so that they are done after one step. Steps are no larger than a factor of 16. Once scales on
 * both sides are known, a step that leaves them, and every step after the tenth, halves them in x
 * instead. It ends as soon as |V / target - 1| is at most {@link #TOLERANCE}, and gives up after
 * {@link #MAX_TRIES} scales, or where the bound of the scale does not suffice.
 */
final class ScaleSearch {
  static final double TOLERANCE = 1e-6;
  static final int MAX_TRIES = 40;
  private static final int SECANTS = 10;
  private static final double MAX_STEP = StrictMath.log(16);

  /** What a homogeneous function has. */
  private static final double FIRST_SLOPE = 2;

  /** Where a function saturates, it has none to speak of: a step is as large as it may be. */
  private static final double LEAST_SLOPE = 0.01;

  private final double target;
  private final double bound;
  private double x;
  private double slope = FIRST_SLOPE;
  private double low = Double.NEGATIVE_INFINITY;
  private double high = Double.POSITIVE_INFINITY;
  private double lastX = Double.NaN;
  private double lastY = Double.NaN;
  private int tries;
  private boolean done;
  private String reason = "";

  /**
   * Starts with the scale 1.
   *
   * @param target variance that is wanted
   * @param maxCorrection largest scale, and the inverse of the smallest
   */
  ScaleSearch(double target, double maxCorrection) {
    this.target = target;
    this.bound = StrictMath.log(maxCorrection);
  }

  /** Returns the scale that is to be tried, or that was found. */
  double scale() {
    return x == 0 || !reason.isEmpty() ? 1 : StrictMath.exp(x);
  }

  boolean isDone() {
    return done;
  }

  /** Returns what came out once it is done. */
  Solution solution() {
    return new Solution(scale(), reason);
  }

  /** Is told the moments for the scale that was to be tried. */
  void tell(LayerMoments moments) {
    if (moments.count() == 0) {
      giveUp(ScaleSolver.NO_DATA);
    } else {
      tell(moments.variance(1));
    }
  }

  /**
   * Is told the variance for the scale that was to be tried.
   *
   * @param variance NaN or infinite if it is too large for a number
   */
  void tell(double variance) {
    tries++;
    if (tries == 1 && !Double.isFinite(variance)) {
      giveUp("its output is not finite");
    } else if (tries == 1 && !(variance > 0)) {
      giveUp("its output does not vary");
    } else if (Math.abs(variance / target - 1) <= TOLERANCE) {
      done = true;
    } else if (tries == MAX_TRIES) {
      giveUp("no scale was found in %d tries".formatted(MAX_TRIES));
    } else {
      step(Double.isNaN(variance) ? Double.POSITIVE_INFINITY : variance);
    }
  }

  private void step(double variance) {
    double y = StrictMath.log(variance / target);
    if (y < 0) {
      low = x;
    } else {
      high = x;
    }
    if (Math.abs(x) == bound && (y < 0) == (x > 0)) {
      giveUp(
          "no scale within lsuv.max-correction gives variance %s, the outermost gives %s"
              .formatted(target, (float) variance));
      return;
    }
    updateSlope(y);
    lastX = x;
    lastY = y;
    x = next(y);
  }

  private void updateSlope(double y) {
    double secant = (y - lastY) / (x - lastX);
    if (Double.isFinite(secant)) {
      slope = secant;
    }
  }

  private double next(double y) {
    double wanted = slope < LEAST_SLOPE ? -y * Double.POSITIVE_INFINITY : -y / slope;
    double step = Math.max(-MAX_STEP, Math.min(MAX_STEP, wanted));
    double next = Math.max(-bound, Math.min(bound, x + step));
    boolean enclosed = Double.isFinite(low) && Double.isFinite(high);
    boolean inside = next > Math.min(low, high) && next < Math.max(low, high);
    return enclosed && (!inside || tries > SECANTS) ? low + (high - low) / 2 : next;
  }

  private void giveUp(String why) {
    reason = why;
    done = true;
  }
}
