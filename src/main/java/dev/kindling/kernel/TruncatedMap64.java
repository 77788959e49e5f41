package dev.kindling.kernel;

/**
 * Turns a random 64-bit word into a float64 draw of a truncated normal, as {@link TruncatedMap}
 * does with one of 32 bits; x and s are formed from 63 bits. The probabilities of the ends have a
 * relative error of 1e-12.
 *
 * @param mirror -1 if the interval lies below the median, else 0
 * @param split first word above the median, unsigned
 * @param step x between two neighbours
 * @param inner x of the first draw at the inner end
 * @param outerBelow s of the last draw at the lower end
 * @param outerAbove s of the last draw at the upper end
 * @param least least value
 * @param greatest greatest value
 * @param affine what is done to the draw
 */
public record TruncatedMap64(
    long mirror,
    long split,
    double step,
    double inner,
    double outerBelow,
    double outerAbove,
    double least,
    double greatest,
    Affine affine) {

  /** Returns the map of an interval. */
  public static TruncatedMap64 of(Law.TruncatedNormal truncation, Affine affine) {
    TruncatedMass mass = TruncatedMass.of(truncation);
    double step = 2 * mass.total() * 0x1p-63;
    double end = affine.at(truncation.low());
    double otherEnd = affine.at(truncation.high());
    return new TruncatedMap64(
        mass.mirrored() ? -1 : 0,
        split(mass.below() / mass.total()),
        step,
        mass.inner() + step / 2,
        mass.outerBelow() + step / 2,
        mass.outerAbove() + step / 2,
        Math.min(end, otherEnd),
        Math.max(end, otherEnd),
        affine);
  }

  /** Returns {@code share * 2^64}, unsigned; the upper half wraps round. */
  private static long split(double share) {
    if (share == 1) {
      return -1;
    }
    return (long) ((share < 0.5 ? share : share - 1) * 0x1p64);
  }

  /** Returns the value at a uniform random word. */
  public double apply(long word) {
    long mirrored = word ^ mirror;
    long side = Long.compareUnsigned(mirrored, split) < 0 ? -1 : 0;
    long fromInner = ((mirrored - split) ^ side) >>> 1;
    long fromOuter = ~(mirrored ^ side) >>> 1;
    double s = Math.fma((double) fromOuter, step, side < 0 ? outerBelow : outerAbove);
    double magnitude =
        s < NormalQuantile64.TAIL
            ? NormalQuantile64.tail(s)
            : NormalQuantile64.central(Math.fma((double) fromInner, step, inner), s);
    return clamp(affine.apply(NormalQuantile64.withSign(magnitude, side ^ mirror)));
  }

  /** Writes the values at {@code count} words from {@code first} on. */
  public void apply(long[] words, int first, double[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      target[offset + i] = apply(words[first + i]);
    }
  }

  private double clamp(double value) {
    double raised = value < least ? least : value;
    return raised > greatest ? greatest : raised;
  }
}
