package dev.kindling.kernel;

/**
 * Turns a random word into a draw of a truncated normal: the inverse CDF at a probability that is
 * spread evenly over that of the interval. This is the definition; vector code repeats {@link
 * #apply} step by step.
 *
 * <p>Words run upward with the draw. Those below {@code split} lie below the median, by as many
 * words as they are away from the split; an interval above the median has split 0, and one below
 * the median is computed as its mirror image. As in {@link NormalQuantile}, {@code x = P(|Z| < z)}
 * and {@code s = 1 - x} are formed apart: x from the inner end (the median, or the bound next to
 * it), s from the outer one, each from 31 bits. Draws are then clamped to the interval, so that no
 * rounding leaves it.
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
public record TruncatedMap(
    int mirror,
    int split,
    double step,
    double inner,
    double outerBelow,
    double outerAbove,
    float least,
    float greatest,
    Affine affine) {

  /** Returns the map of an interval, for an affine map that float32 holds. */
  public static TruncatedMap of(Law.TruncatedNormal truncation, Affine affine) {
    TruncatedMass mass = TruncatedMass.of(truncation);
    double step = 2 * mass.total() * 0x1p-31;
    double end = affine.at(truncation.low());
    double otherEnd = affine.at(truncation.high());
    return new TruncatedMap(
        mass.mirrored() ? -1 : 0,
        (int) Math.min(0xFFFFFFFFL, Math.round(mass.below() / mass.total() * 0x1p32)),
        step,
        mass.inner() + step / 2,
        mass.outerBelow() + step / 2,
        mass.outerAbove() + step / 2,
        upward(Math.min(end, otherEnd)),
        -upward(-Math.max(end, otherEnd)),
        affine);
  }

  /** Returns the value at a uniform random word. */
  public float apply(int word) {
    int mirrored = word ^ mirror;
    int side = Integer.compareUnsigned(mirrored, split) < 0 ? -1 : 0;
    int fromInner = ((mirrored - split) ^ side) >>> 1;
    int fromOuter = ~(mirrored ^ side) >>> 1;
    double outer = side < 0 ? outerBelow : outerAbove;
    float s = Math.fma(NormalQuantile.toFloat(fromOuter), (float) step, (float) outer);
    float magnitude =
        s < NormalQuantile.TAIL
            ? NormalQuantile.tail(Math.fma(fromOuter, step, outer))
            : NormalQuantile.central(
                Math.fma(NormalQuantile.toFloat(fromInner), (float) step, (float) inner), s);
    return clamp(affine.apply(NormalQuantile.withSign(magnitude, side ^ mirror)));
  }

  /** Returns whether a word gives a draw that is computed as a tail. */
  public boolean reachesTail() {
    double least = split == 0 ? outerAbove : Math.min(outerBelow, outerAbove);
    return (float) least < NormalQuantile.TAIL;
  }

  private float clamp(float value) {
    float raised = value < least ? least : value;
    return raised > greatest ? greatest : raised;
  }

  /** Returns the least float that is not below a value. */
  private static float upward(double value) {
    float rounded = (float) value;
    return rounded < value ? Math.nextUp(rounded) : rounded;
  }
}
