package dev.kindling.proxy;

import dev.kindling.base.Require;

/**
 * A dense layer, {@code W x + b}.
 *
 * @param inputs number of inputs
 * @param weights W, a row per output
 * @param biases b
 */
record Affine(int inputs, double[] weights, double[] biases) {
  Affine {
    Require.positive(inputs, "inputs");
    if (weights.length != (long) inputs * biases.length) {
      throw new IllegalArgumentException(
          "%d weights do not fit %d inputs and %d outputs"
              .formatted(weights.length, inputs, biases.length));
    }
  }

  int outputs() {
    return biases.length;
  }

  double[] apply(double[] x) {
    double[] y = biases.clone();
    for (int row = 0; row < y.length; row++) {
      for (int i = 0; i < inputs; i++) {
        y[row] += weights[row * inputs + i] * x[i];
      }
    }
    return y;
  }

  /** Returns a layer with the outputs {@code map[0], map[1], ...} of this one. */
  Affine withOutputs(int[] map) {
    double[] wide = new double[map.length * inputs];
    double[] wideBiases = new double[map.length];
    for (int row = 0; row < map.length; row++) {
      System.arraycopy(weights, map[row] * inputs, wide, row * inputs, inputs);
      wideBiases[row] = biases[map[row]];
    }
    return new Affine(inputs, wide, wideBiases);
  }

  /** Returns a layer that gives the same if its inputs are repeated so: copies share a weight. */
  Affine withInputs(int[] map) {
    int[] copies = new int[inputs];
    for (int input : map) {
      copies[input]++;
    }
    double[] wide = new double[outputs() * map.length];
    for (int row = 0; row < outputs(); row++) {
      for (int i = 0; i < map.length; i++) {
        wide[row * map.length + i] = weights[row * inputs + map[i]] / copies[map[i]];
      }
    }
    return new Affine(map.length, wide, biases.clone());
  }

  /** Returns the root mean square of the weights. */
  double size() {
    double sum = 0;
    for (double weight : weights) {
      sum += weight * weight;
    }
    return Math.sqrt(sum / Math.max(1, weights.length));
  }
}
