package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * How the values of a tensor are spread between its least and its greatest. Of a large tensor a
 * sample is read: {@link #STRETCHES} stretches at equal distances.
 *
 * @param counts values in each bin; the bins are equally wide
 */
public record Histogram(long[] counts) {
  private static final int BINS = 16;
  private static final int STRETCHES = 16;
  private static final int STRETCH = 1 << 16;
  private static final String BARS = "▁▂▃▄▅▆▇█";

  /** Returns the histogram of a tensor of a checkpoint. */
  public static Histogram of(Checkpoint checkpoint, ManifestTensor tensor) throws IOException {
    long count = tensor.shape().elementCount();
    long[] counts = new long[BINS];
    if (count <= (long) STRETCHES * STRETCH) {
      add(checkpoint, tensor, 0, count, counts);
    } else {
      for (long stretch = 0; stretch < STRETCHES; stretch++) {
        long start = (count - STRETCH) / (STRETCHES - 1) * stretch;
        add(checkpoint, tensor, start, start + STRETCH, counts);
      }
    }
    return new Histogram(counts);
  }

  private static void add(
      Checkpoint checkpoint, ManifestTensor tensor, long start, long end, long[] counts)
      throws IOException {
    double perBin = (tensor.max() - tensor.min()) / BINS;
    ElementType dtype = checkpoint.dtype();
    checkpoint.read(
        tensor.name(),
        start,
        end,
        (first, values) -> {
          for (int at = values.position(); at < values.limit(); at += dtype.bytes()) {
            add(number(dtype, values, at) - tensor.min(), perBin, counts);
          }
        });
  }

  private static double number(ElementType dtype, ByteBuffer values, int offset) {
    return TensorSource.number(dtype, values, offset);
  }

  private static void add(double distance, double perBin, long[] counts) {
    if (!Double.isNaN(distance)) {
      int bin = perBin > 0 ? (int) (distance / perBin) : 0;
      counts[Math.max(0, Math.min(BINS - 1, bin))]++;
    }
  }

  /** Returns a line of bars, one per bin; a bin without values is blank. */
  public String sparkline() {
    long most = Math.max(1, LongStream.of(counts).max().orElse(1));
    return LongStream.of(counts)
        .mapToObj(
            count ->
                count == 0
                    ? " "
                    : String.valueOf(BARS.charAt((int) ((count * BARS.length() - 1) / most))))
        .collect(Collectors.joining());
  }
}
