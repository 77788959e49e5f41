package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.MatrixKernels;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.MatrixKernels.Series;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** {@link Precision} of float64. */
final class Float64 implements Precision<double[]> {
  @Override
  public double[] allocate(int length) {
    return new double[length];
  }

  @Override
  public int stripe() {
    return MatrixKernels.DOUBLE_STRIPE;
  }

  @Override
  public int bytes() {
    return Double.BYTES;
  }

  @Override
  public double at(double[] array, int index) {
    return array[index];
  }

  @Override
  public void set(double[] array, int index, double value) {
    array[index] = value;
  }

  @Override
  public double round(double value) {
    return value;
  }

  @Override
  public void round(double[] source, int offset, double[] target, int targetOffset, int length) {
    System.arraycopy(source, offset, target, targetOffset, length);
  }

  @Override
  public void widen(double[] source, int offset, double[] target, int targetOffset, int length) {
    System.arraycopy(source, offset, target, targetOffset, length);
  }

  @Override
  public void clear(double[] array, int from, int to) {
    Arrays.fill(array, from, to, 0);
  }

  @Override
  public void draw(
      Kernels kernels, Stream stream, long start, double[] target, int offset, int length) {
    kernels.fill(Variates.standardNormal(stream), start, target, offset, length);
  }

  @Override
  public void multiplyAdd(
      Kernels kernels,
      Extent extent,
      double[] a,
      Place place,
      double[] b,
      Series right,
      double[] c,
      Series sum) {
    kernels.multiplyAdd(extent, a, place, b, right, c, sum);
  }

  @Override
  public void copy(
      double[] source, Steps from, double[] target, Steps to, int length, double factor) {
    double scale = factor;
    if (from.stride() == 1 && to.stride() == 1 && factor == 1) {
      System.arraycopy(source, from.offset(), target, to.offset(), length);
      return;
    }
    for (int i = 0; i < length; i++) {
      target[to.offset() + i * to.stride()] = source[from.offset() + i * from.stride()] * scale;
    }
  }

  @Override
  public void addSquares(double[] source, int offset, double[] sums, int sumOffset, int length) {
    for (int i = 0; i < length; i++) {
      double x = source[offset + i];
      sums[sumOffset + i] = Math.fma(x, x, sums[sumOffset + i]);
    }
  }

  @Override
  public void addTo(double[] source, int offset, double[] sums, int sumOffset, int length) {
    for (int i = 0; i < length; i++) {
      sums[sumOffset + i] += source[offset + i];
    }
  }

  @Override
  public void write(double[] source, ByteBuffer target) {
    target.asDoubleBuffer().put(source);
    target.position(target.position() + source.length * Double.BYTES);
  }

  @Override
  public void read(ByteBuffer source, double[] target) {
    source.asDoubleBuffer().get(target);
  }
}
