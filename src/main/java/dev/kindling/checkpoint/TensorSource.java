package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.NoSuchElementException;

/** Where values of float tensors can be had: a finished checkpoint, or a recipe that draws them. */
public interface TensorSource {
  /**
   * A tensor as far as it is known without its values.
   *
   * @param name its name
   * @param shape its extents
   */
  record Outline(String name, Shape shape) {}

  /** Receives the values of a tensor in index order. */
  @FunctionalInterface
  interface Target {
    /**
     * Takes some values.
     *
     * @param start flat index of the first
     * @param values the values in the source's element type, little-endian; valid during the call
     */
    void values(long start, ByteBuffer values) throws IOException;
  }

  /** Returns the element type of the values. */
  ElementType dtype();

  /** Returns the tensors in the order of the model. */
  List<Outline> outlines();

  /**
   * Gives the target the values of a range of a tensor.
   *
   * @param start flat index of the first
   * @param end flat index behind the last
   * @throws NoSuchElementException if there is no tensor of this name
   * @throws IllegalArgumentException if the range is not within the tensor
   * @throws IOException what the target throws
   */
  void read(String name, long start, long end, Target target) throws IOException;

  /**
   * Returns what is known of a tensor.
   *
   * @throws NoSuchElementException if there is no tensor of this name
   */
  default Outline outline(String name) {
    return outlines().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no tensor '" + name + "'"));
  }

  /** Returns the value of an element at an absolute place of a buffer of some element type. */
  static double number(ElementType dtype, ByteBuffer values, int offset) {
    return switch (dtype) {
      case F64 -> values.getDouble(offset);
      case F32 -> values.getFloat(offset);
      case F16, BF16 -> NarrowPiece.widened(dtype, values.getShort(offset));
      case I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(dtype.label() + " is no floating-point type");
    };
  }
}
