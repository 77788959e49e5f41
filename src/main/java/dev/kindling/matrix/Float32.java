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

/** {@link Precision} of float32. */
final class Float32 implements Precision<float[]> {
  @Override
  public float[] allocate(int length) {
    return new float[length];
  }

  @Override
  public int stripe() {
    return MatrixKernels.FLOAT_STRIPE;
  }

  @Override
  public int bytes() {
    return Float.BYTES;
  }

  @Override
  public double at(float[] array, int index) {
    return array[index];
  }

  @Override
  public void set(float[] array, int index, double value) {
    array[index] = (float) value;
  }

  @Override
  public double round(double value) {
    return (float) value;
  }

  @Override
  public void round(double[] source, int offset, float[] target, int targetOffset, int length) {
    for (int i = 0; i < length; i++) {
      target[targetOffset + i] = (float) source[offset + i];
    }
  }

  @Override
  public void widen(float[] source, int offset, double[] target, int targetOffset, int length) {
    for (int i = 0; i < length; i++) {
      target[targetOffset + i] = source[offset + i];
    }
  }

  @Override
  public void clear(float[] array, int from, int to) {
    Arrays.fill(array, from, to, 0);
  }

  @Override
  public void draw(
      Kernels kernels, Stream stream, long start, float[] target, int offset, int length) {
    kernels.fill(Variates.standardNormal(stream), start, target, offset, length);
  }

  @Override
  public void multiplyAdd(
      Kernels kernels,
      Extent extent,
      float[] a,
      Place place,
      float[] b,
      Series right,
      float[] c,
      Series sum) {
    kernels.multiplyAdd(extent, a, place, b, right, c, sum);
  }

  @Override
  public void copy(
      float[] source, Steps from, float[] target, Steps to, int length, double factor) {
    float scale = (float) factor;
    if (from.stride() == 1 && to.stride() == 1 && factor == 1) {
      System.arraycopy(source, from.offset(), target, to.offset(), length);
      return;
    }
    for (int i = 0; i < length; i++) {
      target[to.offset() + i * to.stride()] = source[from.offset() + i * from.stride()] * scale;
    }
  }

  @Override
  public void addSquares(float[] source, int offset, double[] sums, int sumOffset, int length) {
    for (int i = 0; i < length; i++) {
      double x = source[offset + i];
      sums[sumOffset + i] = Math.fma(x, x, sums[sumOffset + i]);
    }
  }

  @Override
  public void addTo(float[] source, int offset, double[] sums, int sumOffset, int length) {
    for (int i = 0; i < length; i++) {
      sums[sumOffset + i] += source[offset + i];
    }
  }

  @Override
  public void write(float[] source, ByteBuffer target) {
    target.asFloatBuffer().put(source);
    target.position(target.position() + source.length * Float.BYTES);
  }

  @Override
  public void read(ByteBuffer source, float[] target) {
    source.asFloatBuffer().get(target);
  }
}
