package dev.kindling.simd;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.NormalQuantile64;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The map of {@link NormalQuantile64}, lane by lane, in short loops as in {@link VectorNormal}.
 *
 * <p>Not all CPUs have a conversion from long to double. Here both halves of a number are put into
 * the bits of large doubles whose last bit is worth 1 and 2^32; their sum, rounded once, is the
 * conversion's result.
 */
final class VectorNormal64 {
  static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;

  /** Bits of 2^52, whose last bit is worth 1. */
  static final long LOW_ORIGIN = 0x433L << 52;

  /** Bits of 2^84, whose last bit is worth 2^32. */
  static final long HIGH_ORIGIN = 0x453L << 52;

  /** What the two origins add to a number. */
  static final double ORIGINS = 0x1p84 + 0x1p52;

  static final long LOW_HALF = 0xFFFFFFFFL;

  private VectorNormal64() {}

  /** Writes normal draws of words. */
  static void map(long[] words, int first, Affine affine, double[] target, int offset, int count) {
    int whole = DOUBLES.loopBound(count);
    outerProducts(words, first, target, offset, whole);
    ratios(target, offset, whole);
    scale(words, first, affine, target, offset, whole);
    tails(words, first, affine, target, offset, whole);
    for (int i = whole; i < count; i++) {
      target[offset + i] = affine.apply(NormalQuantile64.ofWord(words[first + i]));
    }
  }

  /** Writes {@code s (2 - s)} of words. */
  private static void outerProducts(
      long[] words, int first, double[] target, int offset, int count) {
    DoubleVector halfStep = DoubleVector.broadcast(DOUBLES, NormalQuantile64.HALF_STEP);
    DoubleVector step = DoubleVector.broadcast(DOUBLES, NormalQuantile64.STEP);
    DoubleVector origins = DoubleVector.broadcast(DOUBLES, ORIGINS);
    DoubleVector two = DoubleVector.broadcast(DOUBLES, 2);
    for (int i = 0; i < count; i += DOUBLES.length()) {
      LongVector word = LongVector.fromArray(LONGS, words, first + i);
      LongVector fromOne =
          word.lanewise(VectorOperators.ASHR, 63)
              .lanewise(VectorOperators.XOR, word)
              .lanewise(VectorOperators.XOR, Long.MAX_VALUE);
      DoubleVector s =
          fromOne
              .lanewise(VectorOperators.LSHR, 32)
              .lanewise(VectorOperators.OR, HIGH_ORIGIN)
              .reinterpretAsDoubles()
              .sub(origins)
              .add(
                  fromOne
                      .lanewise(VectorOperators.AND, LOW_HALF)
                      .lanewise(VectorOperators.OR, LOW_ORIGIN)
                      .reinterpretAsDoubles())
              .fma(step, halfStep);
      s.mul(two.sub(s)).intoArray(target, offset + i);
    }
  }

  /** Replaces {@code s (2 - s)} by z / x. */
  static void ratios(double[] target, int offset, int count) {
    int degree = NormalQuantile64.CENTRAL_DEGREE;
    for (int i = 0; i < count; i += DOUBLES.length()) {
      DoubleVector y = DoubleVector.fromArray(DOUBLES, target, offset + i);
      DoubleVector above = DoubleVector.broadcast(DOUBLES, NormalQuantile64.numerator(degree));
      DoubleVector below = DoubleVector.broadcast(DOUBLES, NormalQuantile64.denominator(degree));
      for (int power = degree - 1; power >= 0; power--) {
        above = above.fma(y, DoubleVector.broadcast(DOUBLES, NormalQuantile64.numerator(power)));
        below = below.fma(y, DoubleVector.broadcast(DOUBLES, NormalQuantile64.denominator(power)));
      }
      above.div(below).intoArray(target, offset + i);
    }
  }

  /** Multiplies z / x by x, and scales and shifts. */
  private static void scale(
      long[] words, int first, Affine affine, double[] target, int offset, int count) {
    DoubleVector halfStep = DoubleVector.broadcast(DOUBLES, NormalQuantile64.HALF_STEP);
    DoubleVector step = DoubleVector.broadcast(DOUBLES, NormalQuantile64.STEP);
    DoubleVector origins = DoubleVector.broadcast(DOUBLES, ORIGINS);
    DoubleVector factor = DoubleVector.broadcast(DOUBLES, affine.factor());
    DoubleVector summand = DoubleVector.broadcast(DOUBLES, affine.summand());
    for (int i = 0; i < count; i += DOUBLES.length()) {
      LongVector word = LongVector.fromArray(LONGS, words, first + i);
      LongVector distance =
          word.lanewise(VectorOperators.ASHR, 63).lanewise(VectorOperators.XOR, word);
      DoubleVector x =
          distance
              .lanewise(VectorOperators.LSHR, 32)
              .lanewise(VectorOperators.OR, HIGH_ORIGIN)
              .reinterpretAsDoubles()
              .sub(origins)
              .add(
                  distance
                      .lanewise(VectorOperators.AND, LOW_HALF)
                      .lanewise(VectorOperators.OR, LOW_ORIGIN)
                      .reinterpretAsDoubles())
              .fma(step, halfStep);
      DoubleVector.fromArray(DOUBLES, target, offset + i)
          .mul(x)
          .reinterpretAsLongs()
          .lanewise(VectorOperators.XOR, word.lanewise(VectorOperators.AND, Long.MIN_VALUE))
          .reinterpretAsDoubles()
          .fma(factor, summand)
          .intoArray(target, offset + i);
    }
  }

  /** Replaces the draws of words in the tails, one in 512. */
  private static void tails(
      long[] words, int first, Affine affine, double[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      long word = words[first + i];
      if (word + NormalQuantile64.TAIL_WORDS < Long.MIN_VALUE + 2 * NormalQuantile64.TAIL_WORDS) {
        target[offset + i] = affine.apply(NormalQuantile64.ofWord(word));
      }
    }
  }
}
