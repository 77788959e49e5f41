package dev.kindling.proxy;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * A multilayer perceptron with sigmoids between its layers, as MLlib trains it; small enough for
 * memory.
 */
public final class Perceptron {
  private final List<Affine> layers;

  Perceptron(List<Affine> layers) {
    this.layers = List.copyOf(layers);
  }

  /**
   * Returns the perceptron that MLlib keeps in a vector: of each layer the weights, column by
   * column of {@code [out, in]}, then the biases.
   *
   * @param units number of inputs, hidden units of each layer, outputs
   */
  public static Perceptron of(List<Integer> units, double[] vector) {
    List<Affine> layers = new ArrayList<>();
    int at = 0;
    for (int layer = 1; layer < units.size(); layer++) {
      int inputs = units.get(layer - 1);
      int outputs = units.get(layer);
      double[] weights = new double[inputs * outputs];
      for (int i = 0; i < weights.length; i++) {
        weights[i % outputs * inputs + i / outputs] = vector[at + i];
      }
      double[] biases = new double[outputs];
      System.arraycopy(vector, at + weights.length, biases, 0, outputs);
      layers.add(new Affine(inputs, weights, biases));
      at += weights.length + outputs;
    }
    return new Perceptron(layers);
  }

  /** Returns the vector that MLlib keeps it in. */
  public double[] vector() {
    double[] vector =
        new double[layers.stream().mapToInt(it -> (it.inputs() + 1) * it.outputs()).sum()];
    int at = 0;
    for (Affine layer : layers) {
      for (int i = 0; i < layer.weights().length; i++) {
        int row = i % layer.outputs();
        vector[at++] = layer.weights()[row * layer.inputs() + i / layer.outputs()];
      }
      for (double bias : layer.biases()) {
        vector[at++] = bias;
      }
    }
    return vector;
  }

  /** Returns the number of inputs, of hidden units of each layer, and of outputs. */
  public List<Integer> units() {
    List<Integer> units = new ArrayList<>(List.of(layers.get(0).inputs()));
    layers.forEach(layer -> units.add(layer.outputs()));
    return units;
  }

  List<Affine> layers() {
    return layers;
  }

  /** Returns the outputs, before any softmax. */
  public double[] outputs(double[] x) {
    double[] values = x;
    for (int layer = 0; layer < layers.size(); layer++) {
      values = layers.get(layer).apply(values);
      for (int i = 0; layer < layers.size() - 1 && i < values.length; i++) {
        values[i] = 1 / (1 + StrictMath.exp(-values[i]));
      }
    }
    return values;
  }

  /** Returns the class with the greatest output, the first among equals. */
  public int predict(double[] x) {
    double[] outputs = outputs(x);
    int greatest = 0;
    for (int i = 1; i < outputs.length; i++) {
      if (outputs[i] > outputs[greatest]) {
        greatest = i;
      }
    }
    return greatest;
  }

  /**
   * Returns a wider perceptron that computes the same (Net2WiderNet): further hidden units are
   * copies of random ones, and what reads copies shares the weight among them.
   *
   * <p>Source: Chen, Goodfellow, Shlens 2016, Net2Net, section 2.2, <a
   * href="https://arxiv.org/abs/1511.05641">arXiv:1511.05641</a>.
   *
   * @param units as {@link #units} has them, no hidden layer narrower than now
   * @param seed seed of the random choice
   */
  public Perceptron widened(List<Integer> units, long seed) {
    List<Affine> wide = new ArrayList<>(layers);
    for (int layer = 0; layer < layers.size() - 1; layer++) {
      int[] map = map(layer, layers.get(layer).outputs(), units.get(layer + 1), seed);
      wide.set(layer, wide.get(layer).withOutputs(map));
      wide.set(layer + 1, wide.get(layer + 1).withInputs(map));
    }
    return new Perceptron(wide);
  }

  private static int[] map(int layer, int narrow, int wide, long seed) {
    if (wide < narrow) {
      throw new IllegalArgumentException(
          "hidden layer %d would become narrower (expected at least %d units, found %d)"
              .formatted(layer, narrow, wide));
    }
    Stream stream = Stream.of(seed, "proxy/layer" + layer, Stream.Purpose.POSITIONS);
    int[] words = new int[Stream.TILE_WORDS];
    int[] map = new int[wide];
    for (int j = 0; j < wide; j++) {
      if (j % Stream.TILE_WORDS == 0) {
        stream.tile(j / Stream.TILE_WORDS, words);
      }
      long word = words[j % Stream.TILE_WORDS] & 0xffff_ffffL;
      map[j] = j < narrow ? j : (int) ((word * narrow) >>> Integer.SIZE);
    }
    return map;
  }

  /**
   * Returns this perceptron with noise on the weights into the hidden units from {@code narrow} on:
   * copies that stay equal would be trained alike for ever.
   *
   * @param narrow units of the perceptron that this one was widened from
   * @param share standard deviation of the noise, as a share of the root mean square of a layer's
   *     weights
   */
  public Perceptron withNoise(List<Integer> narrow, double share, long seed, Kernels kernels) {
    List<Affine> noisy = new ArrayList<>(layers);
    for (int layer = 0; layer < layers.size() - 1; layer++) {
      Affine affine = layers.get(layer);
      double[] draws = new double[affine.weights().length];
      Stream stream = Stream.of(seed, "proxy/noise" + layer, Stream.Purpose.ELEMENTS);
      kernels.fill(Variates.standardNormal(stream), 0, draws, 0, draws.length);
      double[] weights = affine.weights().clone();
      double std = share * affine.size();
      for (int i = narrow.get(layer + 1) * affine.inputs(); i < weights.length; i++) {
        weights[i] += std * draws[i];
      }
      noisy.set(layer, new Affine(affine.inputs(), weights, affine.biases()));
    }
    return new Perceptron(noisy);
  }
}
