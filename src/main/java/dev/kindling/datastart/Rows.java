package dev.kindling.datastart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Makes the rows of a weight, one per output. Lengths do not matter: calibration sets them. */
public final class Rows {
  private final Method method;
  private final Whitening whitening;

  /** Prepares to make rows. */
  public Rows(Method method, Whitening whitening) {
    this.method = method;
    this.whitening = whitening;
  }

  /**
   * Returns rows, {@code outputs} of them.
   *
   * @param centroids of whitened patches of length 1; none for other methods than k-means
   * @param patches some of the patches, in order: outputs for which there is no direction or
   *     centroid are whitened patches
   * @throws IllegalArgumentException if all that is less than {@code outputs}
   */
  public List<double[]> make(int outputs, List<double[]> centroids, List<double[]> patches) {
    List<double[]> rows = new ArrayList<>();
    switch (method) {
      case PCA -> {
        for (int k = 0; k < Math.min(outputs, whitening.rank()); k++) {
          rows.add(whitening.principal(k));
        }
      }
      case ZCA -> symmetric(outputs, rows);
      case KMEANS -> centroids.stream().limit(outputs).map(whitening::weights).forEach(rows::add);
      case PATCHES -> {}
    }
    for (int i = 0; rows.size() < outputs; i++) {
      if (i == patches.size()) {
        throw new IllegalArgumentException(
            "too few patches (expected %d, found %d)".formatted(outputs - rows.size() + i, i));
      }
      rows.add(whitening.weights(whitening.whiten(patches.get(i))));
    }
    return rows;
  }

  /** Where there are fewer outputs than rows that are not zero, at equal distances. */
  private void symmetric(int outputs, List<double[]> rows) {
    List<double[]> all =
        IntStream.range(0, whitening.mean().length)
            .mapToObj(whitening::symmetric)
            .filter(row -> Arrays.stream(row).anyMatch(element -> element != 0))
            .toList();
    int count = Math.min(outputs, all.size());
    for (int i = 0; i < count; i++) {
      rows.add(all.get((int) ((2L * i + 1) * all.size() / (2L * count))));
    }
  }
}
