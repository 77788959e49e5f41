package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * How the values of two tensors of one shape differ. Two values are equal if both are NaN or they
 * are the same number; 0 and -0 are.
 *
 * @param elementCount values that were compared
 * @param differentCount how many of them differ
 * @param first flat index of the first that does, -1 for none
 * @param largest the largest absolute difference; NaN if one of two values only is NaN
 * @param largestIndex flat index where it is, -1 for none
 */
public record TensorDifference(
    long elementCount, long differentCount, long first, double largest, long largestIndex) {
  /** Values that are held at once of both. */
  private static final int CHUNK = 1 << 20;

  /** Returns whether no value differs. */
  public boolean isNone() {
    return differentCount == 0;
  }

  /**
   * Compares a tensor of two sources.
   *
   * @throws IllegalArgumentException if its shapes differ
   */
  public static TensorDifference of(TensorSource one, TensorSource other, String name)
      throws IOException {
    long count = one.outline(name).shape().elementCount();
    if (!one.outline(name).shape().equals(other.outline(name).shape())) {
      throw new IllegalArgumentException("shapes of tensor '" + name + "' differ");
    }
    Comparison comparison = new Comparison();
    for (long start = 0; start < count; start += CHUNK) {
      long end = Math.min(start + CHUNK, count);
      comparison.add(start, chunk(one, name, start, end), chunk(other, name, start, end));
    }
    return comparison.result();
  }

  private static Chunk chunk(TensorSource source, String name, long start, long end)
      throws IOException {
    ByteBuffer all =
        ByteBuffer.allocate((int) (end - start) * source.dtype().bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    source.read(name, start, end, (first, values) -> all.put(values));
    return new Chunk(source.dtype(), all.flip());
  }

  /** Some values of a source. */
  private record Chunk(ElementType dtype, ByteBuffer values) {
    int count() {
      return values.remaining() / dtype.bytes();
    }

    double number(int index) {
      return TensorSource.number(dtype, values, index * dtype.bytes());
    }
  }

  /** What has been found so far. */
  private static final class Comparison {
    private long count;
    private long different;
    private Optional<Long> first = Optional.empty();
    private double largest;
    private long largestIndex = -1;

    void add(long start, Chunk one, Chunk other) {
      count += one.count();
      if (one.dtype == other.dtype && one.values.equals(other.values)) {
        return;
      }
      for (int i = 0; i < one.count(); i++) {
        double a = one.number(i);
        double b = other.number(i);
        if (a != b && !(Double.isNaN(a) && Double.isNaN(b))) {
          add(start + i, Math.abs(a - b));
        }
      }
    }

    private void add(long index, double difference) {
      different++;
      first = first.or(() -> Optional.of(index));
      if (largestIndex < 0 || !(difference <= largest)) {
        largest = difference;
        largestIndex = index;
      }
    }

    TensorDifference result() {
      return new TensorDifference(count, different, first.orElse(-1L), largest, largestIndex);
    }
  }
}
