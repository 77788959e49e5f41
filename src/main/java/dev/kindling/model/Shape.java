package dev.kindling.model;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The extents of a tensor, outermost axis first; an empty list is a scalar.
 *
 * @param dims extents, none negative; the product of those that are not zero fits a long
 */
public record Shape(List<Long> dims) implements Serializable {
  public Shape {
    dims = List.copyOf(dims);
    dims.forEach(dim -> Require.notNegative(dim, "dimension"));
    // Without the zeros, or the product of some axes only could still overflow, long after this.
    product(dims.stream().filter(dim -> dim != 0).toList());
  }

  /** Returns the shape with these extents. */
  public static Shape of(long... dims) {
    return new Shape(LongStream.of(dims).boxed().toList());
  }

  /** Returns the number of axes. */
  public int rank() {
    return dims.size();
  }

  /** Returns the extent of an axis, counted from the outermost. */
  public long dim(int axis) {
    return dims.get(axis);
  }

  /** Returns the number of elements, 1 for a scalar. */
  public long elementCount() {
    return product(dims);
  }

  /** Returns the product of the extents from {@code axis} on, 1 beyond the last. */
  public long elementsFrom(int axis) {
    return product(dims.subList(Math.min(axis, rank()), rank()));
  }

  /** Returns the extents as {@code [64, 3, 3]}. */
  @Override
  public String toString() {
    return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }

  private static long product(List<Long> dims) {
    try {
      return dims.contains(0L)
          ? 0
          : dims.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("shape " + dims + " has more than 2^63 - 1 elements", e);
    }
  }
}
