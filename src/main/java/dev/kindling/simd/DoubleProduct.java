package dev.kindling.simd;

import dev.kindling.kernel.MatrixKernels;
import dev.kindling.kernel.MatrixKernels.Place;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MatrixKernels} for float64, in tiles of six rows by two vectors: twelve sums, two vectors
 * of B and one of A just fit the sixteen registers of AVX2, and twelve chains hide the latency of a
 * fused multiply-add. Sums are named locals, since an array of vectors would be boxed.
 */
final class DoubleProduct {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STRIPE = MatrixKernels.DOUBLE_STRIPE;
  private static final int TILE_ROWS = 6;

  private DoubleProduct() {}

  static void multiplyAdd(
      int rows,
      int depth,
      double[] a,
      Place place,
      double[] b,
      int bOffset,
      double[] c,
      int cOffset) {
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
      int depth, double[] a, int a0, Place place, double[] b, int bOffset, double[] c, int c0) {
    int c1 = c0 + STRIPE;
    int c2 = c1 + STRIPE;
    int c3 = c2 + STRIPE;
    int c4 = c3 + STRIPE;
    int c5 = c4 + STRIPE;
    DoubleVector low0 = DoubleVector.fromArray(SPECIES, c, c0);
    DoubleVector high0 = DoubleVector.fromArray(SPECIES, c, c0 + LANES);
    DoubleVector low1 = DoubleVector.fromArray(SPECIES, c, c1);
    DoubleVector high1 = DoubleVector.fromArray(SPECIES, c, c1 + LANES);
    DoubleVector low2 = DoubleVector.fromArray(SPECIES, c, c2);
    DoubleVector high2 = DoubleVector.fromArray(SPECIES, c, c2 + LANES);
    DoubleVector low3 = DoubleVector.fromArray(SPECIES, c, c3);
    DoubleVector high3 = DoubleVector.fromArray(SPECIES, c, c3 + LANES);
    DoubleVector low4 = DoubleVector.fromArray(SPECIES, c, c4);
    DoubleVector high4 = DoubleVector.fromArray(SPECIES, c, c4 + LANES);
    DoubleVector low5 = DoubleVector.fromArray(SPECIES, c, c5);
    DoubleVector high5 = DoubleVector.fromArray(SPECIES, c, c5 + LANES);
    int stride = place.columnStride();
    int a1 = a0 + place.rowStride();
    int a2 = a1 + place.rowStride();
    int a3 = a2 + place.rowStride();
    int a4 = a3 + place.rowStride();
    int a5 = a4 + place.rowStride();
    for (int k = 0; k < depth; k++) {
      int at = k * stride;
      DoubleVector low = DoubleVector.fromArray(SPECIES, b, bOffset + k * STRIPE);
      DoubleVector high = DoubleVector.fromArray(SPECIES, b, bOffset + k * STRIPE + LANES);
      DoubleVector left = DoubleVector.broadcast(SPECIES, a[a0 + at]);
      low0 = left.fma(low, low0);
      high0 = left.fma(high, high0);
      left = DoubleVector.broadcast(SPECIES, a[a1 + at]);
      low1 = left.fma(low, low1);
      high1 = left.fma(high, high1);
      left = DoubleVector.broadcast(SPECIES, a[a2 + at]);
      low2 = left.fma(low, low2);
      high2 = left.fma(high, high2);
      left = DoubleVector.broadcast(SPECIES, a[a3 + at]);
      low3 = left.fma(low, low3);
      high3 = left.fma(high, high3);
      left = DoubleVector.broadcast(SPECIES, a[a4 + at]);
      low4 = left.fma(low, low4);
      high4 = left.fma(high, high4);
      left = DoubleVector.broadcast(SPECIES, a[a5 + at]);
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
      double[] a,
      int aOffset,
      Place place,
      double[] b,
      int bOffset,
      double[] c,
      int cOffset) {
    DoubleVector sumLow = DoubleVector.fromArray(SPECIES, c, cOffset);
    DoubleVector sumHigh = DoubleVector.fromArray(SPECIES, c, cOffset + LANES);
    int stride = place.columnStride();
    for (int k = 0; k < depth; k++) {
      DoubleVector left = DoubleVector.broadcast(SPECIES, a[aOffset + k * stride]);
      sumLow = left.fma(DoubleVector.fromArray(SPECIES, b, bOffset + k * STRIPE), sumLow);
      sumHigh = left.fma(DoubleVector.fromArray(SPECIES, b, bOffset + k * STRIPE + LANES), sumHigh);
    }
    sumLow.intoArray(c, cOffset);
    sumHigh.intoArray(c, cOffset + LANES);
  }
}
