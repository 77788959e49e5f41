package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import java.io.IOException;
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

  /** Returns the histogram of a tensor of a checkpoint, in as many bins as a line of text shows. */
  public static Histogram of(Checkpoint checkpoint, ManifestTensor tensor) throws IOException {
    return of(checkpoint, tensor, tensor.min(), tensor.max(), BINS);
  }

  /**
   * Returns the histogram of a tensor of a checkpoint.
   *
   * @param low lower end of the first bin; values below it count there
   * @param high upper end of the last bin; values above it count there
   * @param bins number of bins
   */
  public static Histogram of(
      Checkpoint checkpoint, ManifestTensor tensor, double low, double high, int bins)
      throws IOException {
    long count = tensor.shape().elementCount();
    Bins into = new Bins(low, (high - low) / bins, new long[bins]);
    if (count <= (long) STRETCHES * STRETCH) {
      add(checkpoint, tensor, 0, count, into);
    } else {
      for (long stretch = 0; stretch < STRETCHES; stretch++) {
        long start = (count - STRETCH) / (STRETCHES - 1) * stretch;
        add(checkpoint, tensor, start, start + STRETCH, into);
      }
    }
    return new Histogram(into.counts);
  }

  private static void add(
      Checkpoint checkpoint, ManifestTensor tensor, long start, long end, Bins into)
      throws IOException {
    ElementType dtype = checkpoint.dtype();
    checkpoint.read(
        tensor.name(),
        start,
        end,
        (first, values) -> {
          for (int at = values.position(); at < values.limit(); at += dtype.bytes()) {
            into.add(TensorSource.number(dtype, values, at));
          }
        });
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

  /** Equally wide bins from {@code low} on. */
  private record Bins(double low, double width, long[] counts) {
    void add(double value) {
      if (!Double.isNaN(value)) {
        int bin = width > 0 ? (int) ((value - low) / width) : 0;
        counts[Math.max(0, Math.min(counts.length - 1, bin))]++;
      }
    }
  }
}
