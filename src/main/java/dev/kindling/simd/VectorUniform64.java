package dev.kindling.simd;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.UniformLattice;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The float64 map of {@link UniformLattice}, lane by lane; conversion as in {@link VectorNormal64}.
 */
final class VectorUniform64 {
  /** The lattice is made of unsigned numbers, which are this much too large. */
  private static final double UNSIGNED = 0x1p53;

  private VectorUniform64() {}

  /** Writes uniform draws of words. */
  static void map(long[] words, int first, Affine affine, double[] target, int offset, int count) {
    int whole = VectorNormal64.DOUBLES.loopBound(count);
    DoubleVector factor = DoubleVector.broadcast(VectorNormal64.DOUBLES, affine.factor());
    DoubleVector summand = DoubleVector.broadcast(VectorNormal64.DOUBLES, affine.summand());
    DoubleVector origins =
        DoubleVector.broadcast(VectorNormal64.DOUBLES, VectorNormal64.ORIGINS + UNSIGNED);
    for (int i = 0; i < whole; i += VectorNormal64.DOUBLES.length()) {
      LongVector odd =
          LongVector.fromArray(VectorNormal64.LONGS, words, first + i)
              .lanewise(VectorOperators.XOR, Long.MIN_VALUE)
              .lanewise(VectorOperators.LSHR, 10)
              .lanewise(VectorOperators.OR, 1);
      odd.lanewise(VectorOperators.LSHR, 32)
          .lanewise(VectorOperators.OR, VectorNormal64.HIGH_ORIGIN)
          .reinterpretAsDoubles()
          .sub(origins)
          .add(
              odd.lanewise(VectorOperators.AND, VectorNormal64.LOW_HALF)
                  .lanewise(VectorOperators.OR, VectorNormal64.LOW_ORIGIN)
                  .reinterpretAsDoubles())
          .mul(UniformLattice.STEP_64)
          .fma(factor, summand)
          .intoArray(target, offset + i);
    }
    for (int i = whole; i < count; i++) {
      target[offset + i] = affine.apply(UniformLattice.ofWord(words[first + i]));
    }
  }
}
