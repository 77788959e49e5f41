package dev.kindling.simd;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.UniformLattice;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The map of {@link UniformLattice}, lane by lane. */
final class VectorUniform {
  private VectorUniform() {}

  /** Writes uniform draws of words. */
  static void map(int[] words, int first, Affine affine, float[] target, int offset, int count) {
    int whole = VectorNormal.FLOATS.loopBound(count);
    FloatVector factor = FloatVector.broadcast(VectorNormal.FLOATS, (float) affine.factor());
    FloatVector summand = FloatVector.broadcast(VectorNormal.FLOATS, (float) affine.summand());
    for (int i = 0; i < whole; i += VectorNormal.FLOATS.length()) {
      IntVector word = IntVector.fromArray(VectorNormal.INTS, words, first + i);
      IntVector odd = word.lanewise(VectorOperators.ASHR, 7).lanewise(VectorOperators.OR, 1);
      ((FloatVector) odd.convert(VectorOperators.I2F, 0))
          .mul(UniformLattice.STEP)
          .fma(factor, summand)
          .intoArray(target, offset + i);
    }
    for (int i = whole; i < count; i++) {
      target[offset + i] = affine.apply(UniformLattice.ofWord(words[first + i]));
    }
  }
}
