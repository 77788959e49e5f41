package dev.kindling.simd;

import dev.kindling.kernel.TruncatedMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The map of {@link TruncatedMap}, lane by lane, in short loops as in {@link VectorNormal}. */
final class VectorTruncated {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  private VectorTruncated() {}

  /** Writes truncated normal draws of words. */
  static void map(TruncatedMap map, int[] words, int first, float[] target, int offset, int count) {
    int whole = FLOATS.loopBound(count);
    outerDistances(map, words, first, target, offset, whole);
    if (map.reachesTail()) {
      long[] tails = VectorNormal.tailLanes(target, offset, whole);
      VectorNormal.logarithms(target, offset, whole);
      centre(map, words, first, target, offset, whole);
      replaceTails(map, tails, words, first, target, offset);
    } else {
      VectorNormal.logarithms(target, offset, whole);
      centre(map, words, first, target, offset, whole);
    }
    for (int i = whole; i < count; i++) {
      target[offset + i] = map.apply(words[first + i]);
    }
  }

  /** Writes s of words. */
  private static void outerDistances(
      TruncatedMap map, int[] words, int first, float[] target, int offset, int count) {
    IntVector mirror = IntVector.broadcast(INTS, map.mirror());
    IntVector signed = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    IntVector split = IntVector.broadcast(INTS, map.split() ^ Integer.MIN_VALUE);
    FloatVector step = FloatVector.broadcast(FLOATS, (float) map.step());
    FloatVector above = FloatVector.broadcast(FLOATS, (float) map.outerAbove());
    FloatVector below = FloatVector.broadcast(FLOATS, (float) map.outerBelow());
    for (int i = 0; i < count; i += FLOATS.length()) {
      IntVector word =
          IntVector.fromArray(INTS, words, first + i).lanewise(VectorOperators.XOR, mirror);
      VectorMask<Integer> side = word.lanewise(VectorOperators.XOR, signed).lt(split);
      IntVector fromOuter =
          word.lanewise(VectorOperators.XOR, -1)
              .blend(word, side)
              .lanewise(VectorOperators.LSHR, 1);
      ((FloatVector) fromOuter.convert(VectorOperators.I2F, 0))
          .fma(step, above.blend(below, side.cast(FLOATS)))
          .intoArray(target, offset + i);
    }
  }

  /** Replaces logarithms by draws. */
  private static void centre(
      TruncatedMap map, int[] words, int first, float[] target, int offset, int count) {
    IntVector mirror = IntVector.broadcast(INTS, map.mirror());
    IntVector signed = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    IntVector split = IntVector.broadcast(INTS, map.split());
    IntVector signedSplit = IntVector.broadcast(INTS, map.split() ^ Integer.MIN_VALUE);
    IntVector upperSign = IntVector.broadcast(INTS, map.mirror() & Integer.MIN_VALUE);
    IntVector lowerSign = IntVector.broadcast(INTS, ~map.mirror() & Integer.MIN_VALUE);
    FloatVector step = FloatVector.broadcast(FLOATS, (float) map.step());
    FloatVector inner = FloatVector.broadcast(FLOATS, (float) map.inner());
    VectorNormal.ratios(target, offset, count);
    for (int i = 0; i < count; i += FLOATS.length()) {
      IntVector word =
          IntVector.fromArray(INTS, words, first + i).lanewise(VectorOperators.XOR, mirror);
      VectorMask<Integer> side = word.lanewise(VectorOperators.XOR, signed).lt(signedSplit);
      IntVector fromSplit = word.sub(split);
      FloatVector x =
          ((FloatVector)
                  fromSplit
                      .blend(fromSplit.lanewise(VectorOperators.XOR, -1), side)
                      .lanewise(VectorOperators.LSHR, 1)
                      .convert(VectorOperators.I2F, 0))
              .fma(step, inner);
      FloatVector.fromArray(FLOATS, target, offset + i)
          .mul(x)
          .reinterpretAsInts()
          .lanewise(VectorOperators.XOR, upperSign.blend(lowerSign, side))
          .reinterpretAsFloats()
          .intoArray(target, offset + i);
    }
    scale(map, target, offset, count);
  }

  /** Scales, shifts and clamps draws. */
  private static void scale(TruncatedMap map, float[] target, int offset, int count) {
    FloatVector factor = FloatVector.broadcast(FLOATS, (float) map.affine().factor());
    FloatVector summand = FloatVector.broadcast(FLOATS, (float) map.affine().summand());
    FloatVector least = FloatVector.broadcast(FLOATS, map.least());
    FloatVector greatest = FloatVector.broadcast(FLOATS, map.greatest());
    for (int i = 0; i < count; i += FLOATS.length()) {
      FloatVector value = FloatVector.fromArray(FLOATS, target, offset + i).fma(factor, summand);
      value = value.blend(least, value.lt(least));
      value.blend(greatest, greatest.lt(value)).intoArray(target, offset + i);
    }
  }

  private static void replaceTails(
      TruncatedMap map, long[] tails, int[] words, int first, float[] target, int offset) {
    for (int i = 0; i < tails.length; i++) {
      for (long lanes = tails[i]; lanes != 0; lanes &= lanes - 1) {
        int lane = i * FLOATS.length() + Long.numberOfTrailingZeros(lanes);
        target[offset + lane] = map.apply(words[first + lane]);
      }
    }
  }
}
