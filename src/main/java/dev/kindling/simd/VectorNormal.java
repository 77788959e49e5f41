package dev.kindling.simd;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.NormalQuantile;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The map of {@link NormalQuantile}, lane by lane, in short loops over a piece of the target that
 * fits into the L1 cache.
 *
 * <p>No helper is called with a vector: once C2 has compiled one alone, it calls it, with boxes.
 */
final class VectorNormal {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** Words whose distance from 1 is less belong to the tail. */
  private static final int TAIL_WORDS = 1 << 22;

  /** Words of the tails, raised by a tail, are less. */
  private static final int TAIL_LIMIT = Integer.MIN_VALUE + 2 * TAIL_WORDS;

  /**
   * Called through an interface, which C2 cannot see through with so many receivers. As plain calls
   * it sometimes, one start in ten, put all of them into one method, ran out of nodes and left
   * vectors in boxes: draws took five times as long until the JVM ended.
   */
  private static final Phase[] PHASES = {
    (words, first, affine, target, offset, count) ->
        outerDistances(words, first, target, offset, count),
    (words, first, affine, target, offset, count) -> logarithms(target, offset, count),
    (words, first, affine, target, offset, count) -> ratios(target, offset, count),
    VectorNormal::scale,
    VectorNormal::tails
  };

  private VectorNormal() {}

  /** Part of the map over a piece of the target. */
  @FunctionalInterface
  private interface Phase {
    void run(int[] words, int first, Affine affine, float[] target, int offset, int count);
  }

  /** Writes normal draws of words. */
  static void map(int[] words, int first, Affine affine, float[] target, int offset, int count) {
    int whole = FLOATS.loopBound(count);
    for (Phase phase : PHASES) {
      phase.run(words, first, affine, target, offset, whole);
    }
    for (int i = whole; i < count; i++) {
      target[offset + i] = affine.apply(NormalQuantile.ofWord(words[first + i]));
    }
  }

  /** Writes s of words. */
  private static void outerDistances(
      int[] words, int first, float[] target, int offset, int count) {
    FloatVector halfStep = FloatVector.broadcast(FLOATS, NormalQuantile.HALF_STEP);
    FloatVector step = FloatVector.broadcast(FLOATS, NormalQuantile.STEP);
    for (int i = 0; i < count; i += FLOATS.length()) {
      IntVector word = IntVector.fromArray(INTS, words, first + i);
      IntVector fromOne =
          word.lanewise(VectorOperators.ASHR, 31)
              .lanewise(VectorOperators.XOR, word)
              .lanewise(VectorOperators.XOR, Integer.MAX_VALUE);
      ((FloatVector) fromOne.convert(VectorOperators.I2F, 0))
          .fma(step, halfStep)
          .intoArray(target, offset + i);
    }
  }

  /** Replaces s by {@code -log(s (2 - s)) - 2.5}. */
  static void logarithms(float[] target, int offset, int count) {
    FloatVector c7 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_7);
    FloatVector c6 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_6);
    FloatVector c5 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_5);
    FloatVector c4 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_4);
    FloatVector c3 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_3);
    FloatVector c2 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_2);
    FloatVector c1 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_1);
    FloatVector c0 = FloatVector.broadcast(FLOATS, NormalQuantile.LOG_0);
    FloatVector factor = FloatVector.broadcast(FLOATS, NormalQuantile.EXPONENT_FACTOR);
    FloatVector two = FloatVector.broadcast(FLOATS, 2);
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    IntVector origin = IntVector.broadcast(INTS, NormalQuantile.MANTISSA_ORIGIN);
    IntVector mask = IntVector.broadcast(INTS, NormalQuantile.EXPONENT_MASK);
    for (int i = 0; i < count; i += FLOATS.length()) {
      FloatVector s = FloatVector.fromArray(FLOATS, target, offset + i);
      IntVector bits = s.mul(two.sub(s)).reinterpretAsInts();
      IntVector exponent = bits.sub(origin).and(mask);
      FloatVector v = bits.sub(exponent).reinterpretAsFloats().sub(one);
      FloatVector w =
          c7.fma(v, c6).fma(v, c5).fma(v, c4).fma(v, c3).fma(v, c2).fma(v, c1).fma(v, c0);
      ((FloatVector) exponent.convert(VectorOperators.I2F, 0))
          .fma(factor, w)
          .intoArray(target, offset + i);
    }
  }

  /** Replaces logarithms by z / x. */
  static void ratios(float[] target, int offset, int count) {
    FloatVector c9 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_9);
    FloatVector c8 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_8);
    FloatVector c7 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_7);
    FloatVector c6 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_6);
    FloatVector c5 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_5);
    FloatVector c4 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_4);
    FloatVector c3 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_3);
    FloatVector c2 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_2);
    FloatVector c1 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_1);
    FloatVector c0 = FloatVector.broadcast(FLOATS, NormalQuantile.CENTRAL_0);
    for (int i = 0; i < count; i += FLOATS.length()) {
      FloatVector w = FloatVector.fromArray(FLOATS, target, offset + i);
      c9.fma(w, c8)
          .fma(w, c7)
          .fma(w, c6)
          .fma(w, c5)
          .fma(w, c4)
          .fma(w, c3)
          .fma(w, c2)
          .fma(w, c1)
          .fma(w, c0)
          .intoArray(target, offset + i);
    }
  }

  /** Multiplies z / x by x, and scales and shifts. */
  private static void scale(
      int[] words, int first, Affine affine, float[] target, int offset, int count) {
    FloatVector halfStep = FloatVector.broadcast(FLOATS, NormalQuantile.HALF_STEP);
    FloatVector step = FloatVector.broadcast(FLOATS, NormalQuantile.STEP);
    FloatVector factor = FloatVector.broadcast(FLOATS, (float) affine.factor());
    FloatVector summand = FloatVector.broadcast(FLOATS, (float) affine.summand());
    IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = 0; i < count; i += FLOATS.length()) {
      IntVector word = IntVector.fromArray(INTS, words, first + i);
      IntVector distance =
          word.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.XOR, word);
      FloatVector x = ((FloatVector) distance.convert(VectorOperators.I2F, 0)).fma(step, halfStep);
      FloatVector.fromArray(FLOATS, target, offset + i)
          .mul(x)
          .reinterpretAsInts()
          .lanewise(VectorOperators.XOR, word.and(signBit))
          .reinterpretAsFloats()
          .fma(factor, summand)
          .intoArray(target, offset + i);
    }
  }

  /** Returns for each vector of s which lanes belong to the tail. */
  static long[] tailLanes(float[] target, int offset, int count) {
    long[] lanes = new long[count / FLOATS.length()];
    for (int i = 0; i < lanes.length; i++) {
      FloatVector s = FloatVector.fromArray(FLOATS, target, offset + i * FLOATS.length());
      lanes[i] = s.compare(VectorOperators.LT, NormalQuantile.TAIL).toLong();
    }
    return lanes;
  }

  /**
   * Replaces the draws of words in the tails: those that wrap round when raised by a tail. Four
   * vectors are asked at once, since the answer costs more than the question and is rarely yes.
   */
  private static void tails(
      int[] words, int first, Affine affine, float[] target, int offset, int count) {
    int length = INTS.length();
    int group = 4 * length;
    int grouped = count - count % group;
    for (int i = 0; i < grouped; i += group) {
      int place = first + i;
      IntVector least =
          IntVector.fromArray(INTS, words, place)
              .add(TAIL_WORDS)
              .min(IntVector.fromArray(INTS, words, place + length).add(TAIL_WORDS))
              .min(IntVector.fromArray(INTS, words, place + 2 * length).add(TAIL_WORDS))
              .min(IntVector.fromArray(INTS, words, place + 3 * length).add(TAIL_WORDS));
      if (least.lt(TAIL_LIMIT).anyTrue()) {
        replaceTails(words, first, affine, target, offset, i, i + group);
      }
    }
    replaceTails(words, first, affine, target, offset, grouped, count);
  }

  private static void replaceTails(
      int[] words, int first, Affine affine, float[] target, int offset, int from, int until) {
    for (int i = from; i < until; i++) {
      int word = words[first + i];
      if (word + TAIL_WORDS < TAIL_LIMIT) {
        target[offset + i] = affine.apply(NormalQuantile.ofWord(word));
      }
    }
  }
}
