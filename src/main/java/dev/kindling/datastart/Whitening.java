package dev.kindling.datastart;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Centres patches and makes their directions equally strong.
 *
 * <p><b>Formula.</b> With the mean m, unit directions v_k and their scatter q_k (the variance times
 * the number of patches but one): {@code u_k = s_k v_k . (x - m)} with {@code s_k = 1 / sqrt(q_k +
 * 0.001)}; directions of a scatter below 10^-6 are left out. Source: magic_init. Not a good number
 * of them is lost: data of that scatter are constant.
 *
 * @param mean m
 * @param directions v_k, the strongest first, of each the element of greatest magnitude positive
 * @param scales s_k
 */
public record Whitening(double[] mean, List<double[]> directions, double[] scales)
    implements Serializable {
  private static final double LEAST_SCATTER = 1e-6;
  private static final double DAMPING = 1e-3;

  /**
   * Returns the whitening of some directions.
   *
   * @param scatters q_k, in descending order
   */
  public static Whitening of(double[] mean, List<double[]> directions, double[] scatters) {
    List<double[]> kept = new ArrayList<>();
    double[] scales = new double[scatters.length];
    for (int k = 0; k < scatters.length; k++) {
      if (scatters[k] >= LEAST_SCATTER) {
        scales[kept.size()] = 1 / Math.sqrt(scatters[k] + DAMPING);
        kept.add(positive(directions.get(k)));
      }
    }
    return new Whitening(mean, kept, Arrays.copyOf(scales, kept.size()));
  }

  /** Of a direction and its negative no data prefer one: its greatest element shall be positive. */
  private static double[] positive(double[] direction) {
    int greatest = 0;
    for (int i = 1; i < direction.length; i++) {
      if (Math.abs(direction[i]) > Math.abs(direction[greatest])) {
        greatest = i;
      }
    }
    double sign = direction[greatest] < 0 ? -1 : 1;
    return Arrays.stream(direction).map(element -> sign * element).toArray();
  }

  /** Returns the number of directions. */
  public int rank() {
    return directions.size();
  }

  /** Returns the whitened patch, of length 1 unless it is all mean. */
  public double[] whiten(double[] patch) {
    double[] white = new double[rank()];
    double square = 0;
    for (int k = 0; k < rank(); k++) {
      double[] direction = directions.get(k);
      double dot = 0;
      for (int i = 0; i < patch.length; i++) {
        dot += direction[i] * (patch[i] - mean[i]);
      }
      white[k] = scales[k] * dot;
      square += white[k] * white[k];
    }
    double length = square > 0 ? Math.sqrt(square) : 1;
    return Arrays.stream(white).map(element -> element / length).toArray();
  }

  /** Returns the weights w with {@code w . (x - m) = white . u} for every patch x. */
  public double[] weights(double[] white) {
    double[] weights = new double[mean.length];
    for (int k = 0; k < rank(); k++) {
      double factor = white[k] * scales[k];
      double[] direction = directions.get(k);
      for (int i = 0; i < weights.length; i++) {
        weights[i] += factor * direction[i];
      }
    }
    return weights;
  }

  /** Returns the weights of a direction alone. */
  double[] principal(int k) {
    double[] only = new double[rank()];
    only[k] = 1;
    return weights(only);
  }

  /** Returns a row of the symmetric whitening matrix, the sum of {@code s_k v_k v_k^T}. */
  double[] symmetric(int row) {
    double[] white = new double[rank()];
    for (int k = 0; k < rank(); k++) {
      white[k] = directions.get(k)[row];
    }
    return weights(white);
  }
}
