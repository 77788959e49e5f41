package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.random.Stream;

/**
 * {@link Draws} of a real matrix.
 *
 * @param stream where they come from
 * @param start index of the first
 */
record RealDraws<A>(
    Precision<A> precision, Kernels kernels, Stream stream, long start, int rows, int columns)
    implements Draws<A> {
  @Override
  public int period() {
    return 1;
  }

  @Override
  public String name() {
    return "%016x-%d-%d-%dx%d-f%d"
        .formatted(
            stream.key(),
            stream.purpose().number(),
            start,
            rows,
            columns,
            precision.bytes() * Byte.SIZE);
  }

  @Override
  public void row(int row, int from, int to, A target, int offset) {
    precision.draw(kernels, stream, start + (long) row * columns + from, target, offset, to - from);
  }

  /** Cheaper than one after the other where rows are short. */
  @Override
  public void rows(int from, int to, A target, int offset) {
    int length = Math.multiplyExact(to - from, columns);
    precision.draw(kernels, stream, start + (long) from * columns, target, offset, length);
  }
}
