package dev.kindling.simd;

import dev.kindling.kernel.Sums;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Sums} with stripes in lanes: a pass over the values, which lie in the L1 cache, for every
 * two vectors of stripes, and one for the extremes.
 */
final class VectorSums {
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  /** As many floats as there are doubles in a vector. */
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

  private static final int LANES = DOUBLES.length();

  private final double[] deviations = new double[Sums.STRIPES];
  private final double[] squares = new double[Sums.STRIPES];
  private final double[] least = new double[Sums.STRIPES];
  private final double[] greatest = new double[Sums.STRIPES];

  private VectorSums() {
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
  }

  static Sums of(float[] values, int offset, int length, double origin) {
    VectorSums stripes = new VectorSums();
    int striped = length - length % Sums.STRIPES;
    for (int stripe = 0; stripe < Sums.STRIPES; stripe += 2 * LANES) {
      stripes.add(values, offset + stripe, striped, origin, stripe);
    }
    stripes.extremes(values, offset, striped);
    Sums sums = stripes.sum();
    for (int i = offset + striped; i < offset + length; i++) {
      sums = sums.plus(values[i], values[i] - origin);
    }
    return sums;
  }

  static Sums of(double[] values, int offset, int length, double origin) {
    VectorSums stripes = new VectorSums();
    int striped = length - length % Sums.STRIPES;
    for (int stripe = 0; stripe < Sums.STRIPES; stripe += 2 * LANES) {
      stripes.add(values, offset + stripe, striped, origin, stripe);
    }
    stripes.extremes(values, offset, striped);
    Sums sums = stripes.sum();
    for (int i = offset + striped; i < offset + length; i++) {
      sums = sums.plus(values[i], values[i] - origin);
    }
    return sums;
  }

  private void add(float[] values, int first, int length, double origin, int stripe) {
    DoubleVector s0 = DoubleVector.zero(DOUBLES);
    DoubleVector s1 = s0;
    DoubleVector q0 = s0;
    DoubleVector q1 = s0;
    for (int i = 0; i < length; i += Sums.STRIPES) {
      DoubleVector d0 =
          ((DoubleVector)
                  FloatVector.fromArray(FLOATS, values, first + i)
                      .convertShape(VectorOperators.F2D, DOUBLES, 0))
              .sub(origin);
      DoubleVector d1 =
          ((DoubleVector)
                  FloatVector.fromArray(FLOATS, values, first + i + LANES)
                      .convertShape(VectorOperators.F2D, DOUBLES, 0))
              .sub(origin);
      s0 = s0.add(d0);
      s1 = s1.add(d1);
      q0 = d0.fma(d0, q0);
      q1 = d1.fma(d1, q1);
    }
    s0.intoArray(deviations, stripe);
    s1.intoArray(deviations, stripe + LANES);
    q0.intoArray(squares, stripe);
    q1.intoArray(squares, stripe + LANES);
  }

  private void add(double[] values, int first, int length, double origin, int stripe) {
    DoubleVector s0 = DoubleVector.zero(DOUBLES);
    DoubleVector s1 = s0;
    DoubleVector q0 = s0;
    DoubleVector q1 = s0;
    for (int i = 0; i < length; i += Sums.STRIPES) {
      DoubleVector d0 = DoubleVector.fromArray(DOUBLES, values, first + i).sub(origin);
      DoubleVector d1 = DoubleVector.fromArray(DOUBLES, values, first + i + LANES).sub(origin);
      s0 = s0.add(d0);
      s1 = s1.add(d1);
      q0 = d0.fma(d0, q0);
      q1 = d1.fma(d1, q1);
    }
    s0.intoArray(deviations, stripe);
    s1.intoArray(deviations, stripe + LANES);
    q0.intoArray(squares, stripe);
    q1.intoArray(squares, stripe + LANES);
  }

  /** Compares and chooses: min and max would take NaN. */
  private void extremes(float[] values, int offset, int length) {
    VectorSpecies<Float> species = FloatVector.SPECIES_PREFERRED;
    FloatVector low = FloatVector.broadcast(species, Float.POSITIVE_INFINITY);
    FloatVector high = FloatVector.broadcast(species, Float.NEGATIVE_INFINITY);
    for (int i = offset; i < offset + length; i += species.length()) {
      FloatVector value = FloatVector.fromArray(species, values, i);
      low = low.blend(value, value.lt(low));
      high = high.blend(value, high.lt(value));
    }
    for (int lane = 0; lane < species.length(); lane++) {
      least[lane] = low.lane(lane);
      greatest[lane] = high.lane(lane);
    }
  }

  private void extremes(double[] values, int offset, int length) {
    DoubleVector low = DoubleVector.broadcast(DOUBLES, Double.POSITIVE_INFINITY);
    DoubleVector high = DoubleVector.broadcast(DOUBLES, Double.NEGATIVE_INFINITY);
    for (int i = offset; i < offset + length; i += LANES) {
      DoubleVector value = DoubleVector.fromArray(DOUBLES, values, i);
      low = low.blend(value, value.lt(low));
      high = high.blend(value, high.lt(value));
    }
    low.intoArray(least, 0);
    high.intoArray(greatest, 0);
  }

  private Sums sum() {
    return Sums.ofStripes(deviations, squares, least, greatest);
  }
}
