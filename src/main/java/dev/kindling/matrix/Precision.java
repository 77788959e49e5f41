package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.MatrixKernels.Series;
import dev.kindling.random.Stream;
import java.nio.ByteBuffer;

/**
 * The number type of a matrix's draws, of its arithmetic and of the result.
 *
 * @param <A> arrays of it
 */
public sealed interface Precision<A> permits Float32, Float64 {
  /** float32, with sums of squares and triangular factors in float64. */
  Precision<float[]> FLOAT32 = new Float32();

  /** float64 throughout. */
  Precision<double[]> FLOAT64 = new Float64();

  /** Returns an array of zeros. */
  A allocate(int length);

  /** Returns the number of columns of a stripe, see {@link dev.kindling.kernel.MatrixKernels}. */
  int stripe();

  /** Returns the number of bytes of an element. */
  int bytes();

  /** Returns an element. */
  double at(A array, int index);

  /** Sets an element to the nearest number of this type. */
  void set(A array, int index, double value);

  /** Returns the nearest number of this type. */
  double round(double value);

  /** Copies consecutive numbers, each as the nearest number of this type. */
  void round(double[] source, int offset, A target, int targetOffset, int length);

  /** Copies consecutive elements. */
  void widen(A source, int offset, double[] target, int targetOffset, int length);

  /** Sets the elements of a range to zero. */
  void clear(A array, int from, int to);

  /** Writes standard normal draws of a stream. */
  void draw(Kernels kernels, Stream stream, long start, A target, int offset, int length);

  /** Adds a product to stripes, as {@link dev.kindling.kernel.MatrixKernels} does. */
  void multiplyAdd(
      Kernels kernels, Extent extent, A a, Place place, A b, Series right, A c, Series sum);

  /**
   * Copies elements at equal distances, times a factor.
   *
   * @param from the first element and the distance between two
   * @param to likewise in the target
   */
  void copy(A source, Steps from, A target, Steps to, int length, double factor);

  /**
   * Adds the squares of consecutive elements to as many sums, in float64: {@code sum = fma(x, x,
   * sum)}.
   */
  void addSquares(A source, int offset, double[] sums, int sumOffset, int length);

  /** Appends all elements to a buffer, in its byte order. */
  void write(A source, ByteBuffer target);

  /** Fills an array from a buffer. */
  void read(ByteBuffer source, A target);

  /** Adds consecutive elements to as many sums, in float64. */
  void addTo(A source, int offset, double[] sums, int sumOffset, int length);

  /**
   * Elements at equal distances.
   *
   * @param offset index of the first
   * @param stride distance between two
   */
  record Steps(int offset, int stride) {}
}
