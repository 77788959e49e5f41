package dev.kindling.kernel;

/**
 * Probabilities of an interval that reaches above the median; one below it is mirrored first.
 *
 * @param mirrored whether the interval was mirrored
 * @param below probability of the part below the median
 * @param above probability of the part above it
 * @param inner {@code P(|Z| < z)} at the inner end: the median, or the bound next to it
 * @param outerBelow {@code P(|Z| > z)} at the lower end
 * @param outerAbove {@code P(|Z| > z)} at the upper end
 */
record TruncatedMass(
    boolean mirrored,
    double below,
    double above,
    double inner,
    double outerBelow,
    double outerAbove) {
  static TruncatedMass of(Law.TruncatedNormal truncation) {
    boolean mirrored = truncation.high() <= 0;
    double low = mirrored ? -truncation.high() : truncation.low();
    double high = mirrored ? -truncation.low() : truncation.high();
    double beyondLow = NormalTail.above(Math.abs(low));
    double beyondHigh = NormalTail.above(high);
    return new TruncatedMass(
        mirrored,
        low < 0 ? 0.5 - beyondLow : 0,
        (low < 0 ? 0.5 : beyondLow) - beyondHigh,
        low < 0 ? 0 : 1 - 2 * beyondLow,
        2 * beyondLow,
        2 * beyondHigh);
  }

  /** Returns the probability of the interval. */
  double total() {
    return below + above;
  }
}
