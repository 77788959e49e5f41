package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.random.Stream;

/**
 * The standard normal draws that a matrix is made of, and what computes with them.
 *
 * @param precision their type
 * @param kernels what draws and multiplies
 * @param stream where they come from
 * @param start index of the first
 * @param rows rows of the matrix
 * @param columns its columns
 */
record Draws<A>(
    Precision<A> precision, Kernels kernels, Stream stream, long start, int rows, int columns) {
  /** Returns a name that no other draws have, in letters, digits and hyphens. */
  String name() {
    return "%016x-%d-%d-%dx%d-f%d"
        .formatted(
            stream.key(),
            stream.purpose().number(),
            start,
            rows,
            columns,
            precision.bytes() * Byte.SIZE);
  }

  /** Writes the draws of a row from column {@code from} to {@code to}. */
  void row(int row, int from, int to, A target, int offset) {
    precision.draw(kernels, stream, start + (long) row * columns + from, target, offset, to - from);
  }

  /** Writes the draws of whole rows: cheaper than one after the other where rows are short. */
  void rows(int from, int to, A target, int offset) {
    int length = Math.multiplyExact(to - from, columns);
    precision.draw(kernels, stream, start + (long) from * columns, target, offset, length);
  }
}
