package dev.kindling.checkpoint.export;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.checkpoint.TensorSource;
import dev.kindling.checkpoint.WholeFile;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Consecutive rows of a tensor's first axis; a scalar has one row.
 *
 * @param tensor the tensor
 * @param from the first row
 * @param to the row behind the last
 */
public record RowSlice(TensorSource.Outline tensor, long from, long to) {
  public RowSlice {
    long rows = rows(tensor.shape());
    if (from < 0 || from > to || to > rows) {
      throw new ConfigurationException(
          "Cannot take rows %d:%d of tensor '%s': they are not within its %d rows (shape %s)"
              .formatted(from, to, tensor.name(), rows, tensor.shape()));
    }
  }

  /** Returns how many rows a tensor has. */
  public static long rows(Shape shape) {
    return shape.rank() == 0 ? 1 : shape.dim(0);
  }

  /** Returns the shape of the slice. */
  public Shape shape() {
    if (tensor.shape().rank() == 0) {
      return tensor.shape();
    }
    List<Long> dims = new ArrayList<>(tensor.shape().dims());
    dims.set(0, to - from);
    return new Shape(dims);
  }

  /** Returns how many values a row has. */
  public long rowLength() {
    return tensor.shape().elementsFrom(1);
  }

  /** Gives the target the values of the slice in index order. */
  public void read(TensorSource source, TensorSource.Target target) throws IOException {
    source.read(tensor.name(), from * rowLength(), to * rowLength(), target);
  }

  /**
   * Writes the slice as NumPy's {@code .npy}; bfloat16 becomes float32, which is exact.
   *
   * @throws ResourceException if the file system failed
   */
  public void writeNpy(TensorSource source, FileSystem fs, Path file) {
    ElementType dtype = NpyHead.dtype(source.dtype());
    write(source, dtype, NpyHead.of(dtype, shape()), fs, file);
  }

  /**
   * Writes the values of the slice alone, little-endian in the source's element type.
   *
   * @throws ResourceException if the file system failed
   */
  public void writeRaw(TensorSource source, FileSystem fs, Path file) {
    write(source, source.dtype(), new byte[0], fs, file);
  }

  private void write(
      TensorSource source, ElementType dtype, byte[] head, FileSystem fs, Path file) {
    ValueConversion conversion = new ValueConversion(source.dtype(), dtype);
    WholeFile.write(
        fs,
        file,
        out -> {
          out.write(head);
          read(source, (start, values) -> write(out, conversion.convert(values)));
        });
  }

  private static void write(OutputStream out, ByteBuffer values) throws IOException {
    out.write(values.array(), values.arrayOffset() + values.position(), values.remaining());
  }
}
