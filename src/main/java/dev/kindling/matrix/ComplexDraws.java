package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;

/**
 * {@link Draws} of a complex matrix as a real one of twice the rows and columns.
 *
 * <p><b>Formula.</b> {@code x + i y} stands as {@code [[x, y], [-y, x]]} if rows &lt;= columns,
 * where vectors of reflections are rows, and as {@code [[x, -y], [y, x]]} if they are columns. The
 * two real vectors of a complex one, u, are orthogonal and as long as it, so that their reflections
 * together are {@code I - 2 u u^H / (u^H u)}. An element of the diagonal is its modulus: the zero
 * beside it makes the matrix trapezoidal again.
 *
 * @param stream real and imaginary part of element (i, j) of the complex matrix have the indices
 *     {@code 2 (i columns + j)} and the next
 * @param rows twice the complex rows
 * @param columns twice the complex columns
 */
record ComplexDraws(Kernels kernels, Stream stream, int rows, int columns)
    implements Draws<double[]> {
  @Override
  public Precision<double[]> precision() {
    return Precision.FLOAT64;
  }

  /** The second row of each pair has what the first one has. */
  @Override
  public int period() {
    return 2;
  }

  @Override
  public String name() {
    return "%016x-%d-c%dx%d".formatted(stream.key(), stream.purpose().number(), rows, columns);
  }

  @Override
  public void row(int row, int from, int to, double[] target, int offset) {
    int i = row / 2;
    int first = from / 2;
    double[] parts = complexRow(i, first, (to + 1) / 2);
    if (i >= first && 2 * (i - first) < parts.length) {
      parts[2 * (i - first)] = modulus(parts, 2 * (i - first));
      parts[2 * (i - first) + 1] = 0;
    }
    boolean isSecond = row % 2 == 1;
    double sign = isSecond == (rows <= columns) ? -1 : 1;
    for (int k = from; k < to; k++) {
      boolean isReal = k % 2 == 1 == isSecond;
      int part = 2 * (k / 2 - first);
      target[offset + k - from] = isReal ? parts[part] : sign * parts[part + 1];
    }
  }

  /**
   * Returns the phases of the diagonal's elements, 1 for 0; real and imaginary parts side by side.
   *
   * @param from first row of the complex matrix
   * @param to one past the last
   */
  double[] phases(int from, int to) {
    double[] phases = new double[2 * (to - from)];
    for (int i = from; i < to; i++) {
      double[] element = complexRow(i, i, i + 1);
      double modulus = modulus(element, 0);
      phases[2 * (i - from)] = modulus == 0 ? 1 : element[0] / modulus;
      phases[2 * (i - from) + 1] = modulus == 0 ? 0 : element[1] / modulus;
    }
    return phases;
  }

  private double[] complexRow(int i, int from, int to) {
    double[] parts = new double[2 * (to - from)];
    long start = (long) i * columns + 2L * from;
    kernels.fill(Variates.standardNormal(stream), start, parts, 0, parts.length);
    return parts;
  }

  private static double modulus(double[] parts, int index) {
    double re = parts[index];
    double im = parts[index + 1];
    return Math.sqrt(Math.fma(re, re, im * im));
  }
}
