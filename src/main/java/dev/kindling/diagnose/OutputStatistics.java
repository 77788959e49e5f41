package dev.kindling.diagnose;

import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.Activation;
import dev.kindling.model.Shape;
import dev.kindling.stats.SymmetricMatrix;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Collects what the micro-batches of a sample show of a layer's output. */
final class OutputStatistics {
  /** Beyond them the derivative is below 7 percent of that at zero. */
  private static final double TANH_ENDS = 2;

  private static final double SIGMOID_ENDS = 4;

  private final Activation.Kind activation;
  private final ChannelAxis axis;
  private long count;
  private double sum;
  private double squares;
  private double shift = Double.NaN;
  private long beyond;
  private float[] largest = new float[0];
  private OptionalDouble effectiveRank = OptionalDouble.empty();
  private OptionalDouble cosine = OptionalDouble.empty();

  OutputStatistics(Activation activation, ChannelAxis axis) {
    this.activation = activation.kind();
    this.axis = axis;
  }

  /**
   * Adds a micro-batch.
   *
   * @param rows its number of samples
   */
  void add(TensorValue output, int rows) {
    float[] z = output.toFloats();
    addMoments(z);
    addChannels(z, output.shape());
    boolean first = count == z.length;
    if (first && output.shape().rank() > 1 && output.shape().dim(0) == rows) {
      addGram(gram(z, rows), rows);
    }
  }

  /** Around the first value, so that a large mean does not hide a small variance. */
  private void addMoments(float[] z) {
    double ends = activation == Activation.Kind.TANH ? TANH_ENDS : SIGMOID_ENDS;
    if (Double.isNaN(shift) && z.length > 0) {
      shift = z[0];
    }
    for (float value : z) {
      double distance = value - shift;
      sum += distance;
      squares += distance * distance;
      if (Math.abs(value) > ends) {
        beyond++;
      }
    }
    count += z.length;
  }

  private void addChannels(float[] z, Shape shape) {
    int channelAxis = axis.in(shape);
    int channels = Math.toIntExact(shape.dim(channelAxis));
    int stride = Math.toIntExact(shape.elementsFrom(channelAxis + 1));
    if (largest.length == 0) {
      largest = new float[channels];
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    }
    for (int i = 0; i < z.length; i++) {
      int channel = i / stride % channels;
      largest[channel] = Math.max(largest[channel], z[i]);
    }
  }

  private static double[] gram(float[] z, int rows) {
    int length = z.length / rows;
    double[] gram = new double[rows * rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j <= i; j++) {
        double product = 0;
        for (int k = 0; k < length; k++) {
          product += (double) z[i * length + k] * z[j * length + k];
        }
        gram[i * rows + j] = product;
        gram[j * rows + i] = product;
      }
    }
    return gram;
  }

  private void addGram(double[] gram, int rows) {
    double trace = 0;
    for (int i = 0; i < rows; i++) {
      trace += gram[i * rows + i];
    }
    if (!Double.isFinite(trace) || trace <= 0) {
      return;
    }
    double cosines = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < i; j++) {
        double norms = Math.sqrt(gram[i * rows + i] * gram[j * rows + j]);
        cosines += norms > 0 ? gram[i * rows + j] / norms : 0;
      }
    }
    if (rows > 1) {
      cosine = OptionalDouble.of(cosines / (rows * (rows - 1) / 2.0));
    }
    effectiveRank = OptionalDouble.of(effectiveRank(SymmetricMatrix.eigenvalues(gram, rows)));
  }

  static double effectiveRank(double[] squaredSingularValues) {
    double[] values =
        Arrays.stream(squaredSingularValues)
            .map(square -> Math.sqrt(Math.max(0, square)))
            .toArray();
    double sum = Arrays.stream(values).sum();
    double entropy = 0;
    for (double value : values) {
      double share = value / sum;
      entropy -= share > 0 ? share * StrictMath.log(share) : 0;
    }
    return StrictMath.exp(entropy);
  }

  double mean() {
    return shift + sum / count;
  }

  double variance() {
    double mean = sum / count;
    return Math.max(0, squares / count - mean * mean);
  }

  double secondMoment() {
    return variance() + mean() * mean();
  }

  OptionalDouble saturated() {
    return activation == Activation.Kind.TANH || activation == Activation.Kind.SIGMOID
        ? OptionalDouble.of((double) beyond / count)
        : OptionalDouble.empty();
  }

  OptionalDouble dead() {
    if (activation != Activation.Kind.RELU) {
      return OptionalDouble.empty();
    }
    int dead = 0;
    for (float most : largest) {
      if (most <= 0) {
        dead++;
      }
    }
    return OptionalDouble.of((double) dead / largest.length);
  }

  OptionalDouble effectiveRank() {
    return effectiveRank;
  }

  OptionalDouble cosine() {
    return cosine;
  }
}
