package dev.kindling.kernel;

/**
 * What is done to a standard draw. Float32 values take both numbers rounded to float32.
 *
 * @param factor standard deviation of a normal, half the width of a uniform
 * @param summand mean of a normal, centre of a uniform
 */
public record Affine(double factor, double summand) {
  /** Returns the float32 draw after scaling and shifting, with one rounding. */
  public float apply(float draw) {
    return Math.fma(draw, (float) factor, (float) summand);
  }

  /** Returns the float64 draw after scaling and shifting, with one rounding. */
  public double apply(double draw) {
    return Math.fma(draw, factor, summand);
  }

  /** Returns this map applied to what the first one gives, without rounding between them. */
  public Affine after(Affine first) {
    return new Affine(first.factor * factor, first.summand * factor + summand);
  }

  /** Returns the two numbers that float32 values take. */
  Affine rounded() {
    return new Affine((float) factor, (float) summand);
  }

  /** Returns where a bound of the standard draw comes to lie; infinity stays, for any factor. */
  double at(double bound) {
    return Double.isInfinite(bound) && factor == 0 ? bound : apply(bound);
  }
}
