package dev.kindling.simd;

import dev.kindling.kernel.MatrixKernels;
import dev.kindling.kernel.MatrixKernels.Place;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MatrixKernels} for float32, in tiles of six rows by two vectors: twelve sums, two vectors
 * of B and one of A just fit the sixteen registers of AVX2, and twelve chains hide the latency of a
 * fused multiply-add. Sums are named locals, since an array of vectors would be boxed.
 */
final class FloatProduct {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STRIPE = MatrixKernels.FLOAT_STRIPE;
  private static final int TILE_ROWS = 6;

  private FloatProduct() {}

  static void multiplyAdd(
      int rows, int depth, float[] a, Place place, float[] b, int bOffset, float[] c, int cOffset) {
    int stride = place.rowStride();
    for (int j = 0; j < STRIPE; j += 2 * LANES) {
      int i = 0;
      for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
        int left = place.offset() + i * stride;
        sixRows(depth, a, left, place, b, bOffset + j, c, cOffset + i * STRIPE + j);
      }
      for (; i < rows; i++) {
        int left = place.offset() + i * stride;
        oneRow(depth, a, left, place, b, bOffset + j, c, cOffset + i * STRIPE + j);
      }
    }
  }

  private static void sixRows(
      int depth, float[] a, int a0, Place place, float[] b, int bOffset, float[] c, int c0) {
    int c1 = c0 + STRIPE;
    int c2 = c1 + STRIPE;
    int c3 = c2 + STRIPE;
    int c4 = c3 + STRIPE;
    int c5 = c4 + STRIPE;
    FloatVector low0 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector high0 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector low1 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector high1 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector low2 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector high2 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector low3 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector high3 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    FloatVector low4 = FloatVector.fromArray(SPECIES, c, c4);
    FloatVector high4 = FloatVector.fromArray(SPECIES, c, c4 + LANES);
    FloatVector low5 = FloatVector.fromArray(SPECIES, c, c5);
    FloatVector high5 = FloatVector.fromArray(SPECIES, c, c5 + LANES);
    int stride = place.columnStride();
    int a1 = a0 + place.rowStride();
    int a2 = a1 + place.rowStride();
    int a3 = a2 + place.rowStride();
    int a4 = a3 + place.rowStride();
    int a5 = a4 + place.rowStride();
    for (int k = 0; k < depth; k++) {
      int at = k * stride;
      FloatVector low = FloatVector.fromArray(SPECIES, b, bOffset + k * STRIPE);
      FloatVector high = FloatVector.fromArray(SPECIES, b, bOffset + k * STRIPE + LANES);
      FloatVector left = FloatVector.broadcast(SPECIES, a[a0 + at]);
      low0 = left.fma(low, low0);
      high0 = left.fma(high, high0);
      left = FloatVector.broadcast(SPECIES, a[a1 + at]);
      low1 = left.fma(low, low1);
      high1 = left.fma(high, high1);
      left = FloatVector.broadcast(SPECIES, a[a2 + at]);
      low2 = left.fma(low, low2);
      high2 = left.fma(high, high2);
      left = FloatVector.broadcast(SPECIES, a[a3 + at]);
      low3 = left.fma(low, low3);
      high3 = left.fma(high, high3);
      left = FloatVector.broadcast(SPECIES, a[a4 + at]);
      low4 = left.fma(low, low4);
      high4 = left.fma(high, high4);
      left = FloatVector.broadcast(SPECIES, a[a5 + at]);
      low5 = left.fma(low, low5);
      high5 = left.fma(high, high5);
    }
    low0.intoArray(c, c0);
    high0.intoArray(c, c0 + LANES);
    low1.intoArray(c, c1);
    high1.intoArray(c, c1 + LANES);
    low2.intoArray(c, c2);
    high2.intoArray(c, c2 + LANES);
    low3.intoArray(c, c3);
    high3.intoArray(c, c3 + LANES);
    low4.intoArray(c, c4);
    high4.intoArray(c, c4 + LANES);
    low5.intoArray(c, c5);
    high5.intoArray(c, c5 + LANES);
  }

  private static void oneRow(
      int depth,
      float[] a,
      int aOffset,
      Place place,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset) {
    FloatVector sumLow = FloatVector.fromArray(SPECIES, c, cOffset);
    FloatVector sumHigh = FloatVector.fromArray(SPECIES, c, cOffset + LANES);
    int stride = place.columnStride();
    for (int k = 0; k < depth; k++) {
      FloatVector left = FloatVector.broadcast(SPECIES, a[aOffset + k * stride]);
      sumLow = left.fma(FloatVector.fromArray(SPECIES, b, bOffset + k * STRIPE), sumLow);
      sumHigh = left.fma(FloatVector.fromArray(SPECIES, b, bOffset + k * STRIPE + LANES), sumHigh);
    }
    sumLow.intoArray(c, cOffset);
    sumHigh.intoArray(c, cOffset + LANES);
  }
}
