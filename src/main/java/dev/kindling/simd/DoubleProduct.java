package dev.kindling.simd;

import dev.kindling.kernel.MatrixKernels;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.MatrixKernels.Series;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MatrixKernels} for float64, in tiles of six rows by two vectors: twelve sums, two vectors
 * of B and one of A just fit the sixteen registers of AVX2, and twelve chains hide the latency of a
 * fused multiply-add. Sums are named locals, since an array of vectors would be boxed. A is packed
 * once for all stripes, so that a tile reads it at constant distances from one index. Both indices
 * of its loop are stepped: multiples of a counter cost C2 ten more instructions.
 */
final class DoubleProduct {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STRIPE = MatrixKernels.DOUBLE_STRIPE;
  private static final int TILE_ROWS = 6;

  private DoubleProduct() {}

  static void multiplyAdd(
      Extent extent, double[] a, Place place, double[] b, Series right, double[] c, Series sum) {
    int rows = extent.rows();
    int depth = extent.depth();
    double[] packed = pack(rows, depth, a, place);
    for (int s = 0; s < extent.stripes(); s++) {
      int from = right.offset() + s * right.step();
      int to = sum.offset() + s * sum.step();
      for (int j = 0; j < STRIPE; j += 2 * LANES) {
        for (int i = 0; i + TILE_ROWS <= rows; i += TILE_ROWS) {
          tile(depth, packed, i * depth, b, from + j, c, to + i * STRIPE + j);
        }
      }
      addLastRows(rows, depth, packed, b, from, c, to);
    }
  }

  /** Packs A in groups of six rows, each by columns; the last is padded with zeros. */
  private static double[] pack(int rows, int depth, double[] a, Place place) {
    int groups = (rows + TILE_ROWS - 1) / TILE_ROWS;
    double[] packed = new double[groups * TILE_ROWS * depth];
    if (place.rowStride() == 1) {
      for (int k = 0; k < depth; k++) {
        packColumn(rows, depth, a, place.offset() + k * place.columnStride(), packed, k);
      }
    } else {
      for (int i = 0; i < rows; i++) {
        packRow(depth, a, place.offset() + i * place.rowStride(), packed, i);
      }
    }
    return packed;
  }

  /** Packs a row whose elements lie together. */
  private static void packRow(int depth, double[] a, int from, double[] packed, int i) {
    int to = i / TILE_ROWS * TILE_ROWS * depth + i % TILE_ROWS;
    for (int k = 0; k < depth; k++) {
      packed[to + k * TILE_ROWS] = a[from + k];
    }
  }

  /** Packs a column whose elements lie together. */
  private static void packColumn(
      int rows, int depth, double[] a, int from, double[] packed, int k) {
    for (int i = 0; i < rows; i += TILE_ROWS) {
      int to = i * depth + k * TILE_ROWS;
      int count = Math.min(TILE_ROWS, rows - i);
      for (int r = 0; r < count; r++) {
        packed[to + r] = a[from + i + r];
      }
    }
  }

  /** Adds to the rows of an incomplete tile, in a copy of them. */
  private static void addLastRows(
      int rows, int depth, double[] packed, double[] b, int from, double[] c, int to) {
    int count = rows % TILE_ROWS;
    if (count > 0) {
      int start = to + (rows - count) * STRIPE;
      double[] copy = new double[TILE_ROWS * STRIPE];
      System.arraycopy(c, start, copy, 0, count * STRIPE);
      for (int j = 0; j < STRIPE; j += 2 * LANES) {
        tile(depth, packed, (rows - count) * depth, b, from + j, copy, j);
      }
      System.arraycopy(copy, 0, c, start, count * STRIPE);
    }
  }

  private static void tile(
      int depth, double[] a, int aOffset, double[] b, int bOffset, double[] c, int c0) {
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
    int end = bOffset + depth * STRIPE;
    for (int at = aOffset, from = bOffset; from < end; at += TILE_ROWS, from += STRIPE) {
      DoubleVector low = DoubleVector.fromArray(SPECIES, b, from);
      DoubleVector high = DoubleVector.fromArray(SPECIES, b, from + LANES);
      DoubleVector left = DoubleVector.broadcast(SPECIES, a[at]);
      low0 = left.fma(low, low0);
      high0 = left.fma(high, high0);
      left = DoubleVector.broadcast(SPECIES, a[at + 1]);
      low1 = left.fma(low, low1);
      high1 = left.fma(high, high1);
      left = DoubleVector.broadcast(SPECIES, a[at + 2]);
      low2 = left.fma(low, low2);
      high2 = left.fma(high, high2);
      left = DoubleVector.broadcast(SPECIES, a[at + 3]);
      low3 = left.fma(low, low3);
      high3 = left.fma(high, high3);
      left = DoubleVector.broadcast(SPECIES, a[at + 4]);
      low4 = left.fma(low, low4);
      high4 = left.fma(high, high4);
      left = DoubleVector.broadcast(SPECIES, a[at + 5]);
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
}
