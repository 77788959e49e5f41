package dev.kindling.kernel;

import java.nio.ByteBuffer;

/**
 * The hot operations. Every implementation gives the same bits as {@link ScalarKernels}, for any
 * start and length: only IEEE-exact operations in a written order are used.
 */
public interface Kernels extends MatrixKernels {
  /**
   * Writes draws as float32. The draw of an index takes the stream's word of that index.
   *
   * @param variates what is drawn
   * @param start index of the first draw
   * @param target receives the values
   * @param offset where the first goes
   * @param length number of values
   */
  void fill(Variates variates, long start, float[] target, int offset, int length);

  /**
   * Writes draws as float64. The draw of an index takes 64 bits: above the word that a float32 draw
   * takes, below the word of the same index of {@link dev.kindling.random.Stream#refinement}. So it
   * is the float32 draw, told more exactly.
   *
   * @param variates what is drawn
   * @param start index of the first draw
   * @param target receives the values
   * @param offset where the first goes
   * @param length number of values
   */
  void fill(Variates variates, long start, double[] target, int offset, int length);

  /**
   * Writes draws as the little-endian bytes of float32, from the buffer's position up to its limit,
   * which becomes its position. Heap and direct buffers will do.
   *
   * @param variates what is drawn
   * @param start index of the first draw
   * @param target receives the bytes; its length is a multiple of four
   */
  void fill(Variates variates, long start, ByteBuffer target);

  /**
   * Returns sums of values.
   *
   * @param values holds them
   * @param offset where the first stands
   * @param length their number
   * @param origin what is subtracted from each, for instance the first of them, which keeps the
   *     deviations of a constant exactly zero
   */
  Sums sums(float[] values, int offset, int length, double origin);

  /**
   * Returns sums of values, as {@link #sums(float[], int, int, double)} does.
   *
   * @param values holds them
   * @param offset where the first stands
   * @param length their number
   * @param origin what is subtracted from each
   */
  Sums sums(double[] values, int offset, int length, double origin);
}
