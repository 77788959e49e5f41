package dev.kindling.recipe;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.Variates;
import dev.kindling.matrix.Precision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where the values of a run of elements go, and the type that they are rounded to. Places count
 * from the run's first element.
 */
sealed interface Target {
  /** Returns the number of elements. */
  int length();

  /** Returns the type as orthogonal matrices know it. */
  Precision<?> precision();

  /** Writes one value, rounded. */
  void put(int place, double value);

  /** Writes the first values of an array, rounded, to the places from {@code place} on. */
  void putAll(int place, double[] source, int count);

  /** Returns the value at a place. */
  double at(int place);

  /** Writes one value, rounded, to the places from {@code from} up to {@code to}. */
  void fill(int from, int to, double value);

  /** Writes draws from the index {@code start} on. */
  void draw(Kernels kernels, Variates variates, long start);

  /** Returns the places from {@code from} on as a target of their own. */
  Target part(int from, int length);

  /** Returns a target of the same type with room of its own. */
  Target blank(int count);

  /** Float32 values; the array is shared on purpose. */
  record Floats(float[] values, int offset, int length) implements Target {
    @Override
    public Precision<?> precision() {
      return Precision.FLOAT32;
    }

    @Override
    public void put(int place, double value) {
      values[offset + place] = (float) value;
    }

    @Override
    public void putAll(int place, double[] source, int count) {
      for (int i = 0; i < count; i++) {
        values[offset + place + i] = (float) source[i];
      }
    }

    @Override
    public void fill(int from, int to, double value) {
      Arrays.fill(values, offset + from, offset + to, (float) value);
    }

    @Override
    public void draw(Kernels kernels, Variates variates, long start) {
      kernels.fill(variates, start, values, offset, length);
    }

    @Override
    public double at(int place) {
      return values[offset + place];
    }

    @Override
    public Target blank(int count) {
      return new Floats(new float[count], 0, count);
    }

    @Override
    public Target part(int from, int count) {
      return new Floats(values, offset + from, count);
    }
  }

  /**
   * The little-endian bytes of float32 values.
   *
   * @param buffer of that order; its memory is shared on purpose
   * @param offset index of the first byte
   */
  record Bytes(ByteBuffer buffer, int offset, int length) implements Target {
    public Bytes {
      if (buffer.order() != ByteOrder.LITTLE_ENDIAN) {
        throw new IllegalArgumentException("the buffer is not little-endian");
      }
    }

    @Override
    public Precision<?> precision() {
      return Precision.FLOAT32;
    }

    @Override
    public void put(int place, double value) {
      buffer.putFloat(offset + place * Float.BYTES, (float) value);
    }

    @Override
    public void putAll(int place, double[] source, int count) {
      for (int i = 0; i < count; i++) {
        buffer.putFloat(offset + (place + i) * Float.BYTES, (float) source[i]);
      }
    }

    @Override
    public void fill(int from, int to, double value) {
      for (int place = from; place < to; place++) {
        put(place, value);
      }
    }

    @Override
    public void draw(Kernels kernels, Variates variates, long start) {
      kernels.fill(variates, start, buffer.slice(offset, length * Float.BYTES));
    }

    @Override
    public double at(int place) {
      return buffer.getFloat(offset + place * Float.BYTES);
    }

    @Override
    public Target blank(int count) {
      return new Floats(new float[count], 0, count);
    }

    @Override
    public Target part(int from, int count) {
      return new Bytes(buffer, offset + from * Float.BYTES, count);
    }
  }

  /** Float64 values; the array is shared on purpose. */
  record Doubles(double[] values, int offset, int length) implements Target {
    @Override
    public Precision<?> precision() {
      return Precision.FLOAT64;
    }

    @Override
    public void put(int place, double value) {
      values[offset + place] = value;
    }

    @Override
    public void putAll(int place, double[] source, int count) {
      System.arraycopy(source, 0, values, offset + place, count);
    }

    @Override
    public void fill(int from, int to, double value) {
      Arrays.fill(values, offset + from, offset + to, value);
    }

    @Override
    public void draw(Kernels kernels, Variates variates, long start) {
      kernels.fill(variates, start, values, offset, length);
    }

    @Override
    public double at(int place) {
      return values[offset + place];
    }

    @Override
    public Target blank(int count) {
      return new Doubles(new double[count], 0, count);
    }

    @Override
    public Target part(int from, int count) {
      return new Doubles(values, offset + from, count);
    }
  }
}
