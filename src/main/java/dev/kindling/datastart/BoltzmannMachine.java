package dev.kindling.datastart;

import java.io.Serializable;
import java.util.List;

/**
 * A restricted Boltzmann machine between a layer's input, the visible units v in [0, 1], and its
 * output, the hidden units h.
 *
 * <p><b>Formula.</b> One step of contrastive divergence: {@code p = sigmoid(W v + b)}, h is 1 where
 * a uniform number lies below p, {@code v' = sigmoid(W^T h + a)}, {@code p' = sigmoid(W v' + b)}. W
 * grows by the learning rate times the mean of {@code p v^T - p' v'^T}, a by that of {@code v -
 * v'}, b by that of {@code p - p'}. Source: Hinton 2002; Hinton 2010, A practical guide to training
 * restricted Boltzmann machines, section 3: probabilities stand in for all but the hidden states
 * that v' is made from.
 *
 * @param weights W, a row per hidden unit
 * @param visible a
 * @param hidden b
 */
public record BoltzmannMachine(double[] weights, double[] visible, double[] hidden)
    implements Serializable {
  /** Standard deviation of weights before the first step; biases are zero. */
  public static final double STD = 0.01;

  /** Returns a machine before its first step. */
  public static BoltzmannMachine of(double[] weights, int visible) {
    return new BoltzmannMachine(weights, new double[visible], new double[weights.length / visible]);
  }

  /**
   * What some rows give to a step: sums over them.
   *
   * @param weights growth of W before the learning rate, likewise the biases
   * @param error sum of the squares of {@code v - v'}
   */
  public record Contrast(
      int index, int rows, double[] weights, double[] visible, double[] hidden, double error)
      implements Serializable {}

  /**
   * Returns what rows give to a step.
   *
   * @param index position of these rows among all, for the order of sums
   * @param rows visible units, row by row
   * @param uniforms a number in (0, 1) for each row and hidden unit
   */
  public Contrast contrast(int index, float[] rows, float[] uniforms) {
    int count = rows.length / visible.length;
    double[] growth = new double[weights.length];
    double[] growthVisible = new double[visible.length];
    double[] growthHidden = new double[hidden.length];
    double error = 0;
    for (int row = 0; row < count; row++) {
      double[] data = new double[visible.length];
      for (int i = 0; i < data.length; i++) {
        data[i] = rows[row * data.length + i];
      }
      double[] up = up(data);
      double[] state = new double[up.length];
      for (int j = 0; j < up.length; j++) {
        state[j] = uniforms[row * up.length + j] < up[j] ? 1 : 0;
      }
      double[] again = down(state);
      double[] upAgain = up(again);
      for (int j = 0; j < up.length; j++) {
        int at = j * data.length;
        growthHidden[j] += up[j] - upAgain[j];
        for (int i = 0; i < data.length; i++) {
          growth[at + i] += up[j] * data[i] - upAgain[j] * again[i];
        }
      }
      for (int i = 0; i < data.length; i++) {
        double lack = data[i] - again[i];
        growthVisible[i] += lack;
        error += lack * lack;
      }
    }
    return new Contrast(index, count, growth, growthVisible, growthHidden, error);
  }

  /**
   * Returns the machine after a step.
   *
   * @param contrasts of all rows, in the order of their indices
   */
  public BoltzmannMachine after(List<Contrast> contrasts, double rate) {
    double factor = rate / contrasts.stream().mapToInt(Contrast::rows).sum();
    double[] w = weights.clone();
    double[] a = visible.clone();
    double[] b = hidden.clone();
    for (Contrast contrast : contrasts) {
      add(w, contrast.weights(), factor);
      add(a, contrast.visible(), factor);
      add(b, contrast.hidden(), factor);
    }
    return new BoltzmannMachine(w, a, b);
  }

  private static void add(double[] target, double[] summand, double factor) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * summand[i];
    }
  }

  private double[] up(double[] v) {
    double[] up = new double[hidden.length];
    for (int j = 0; j < up.length; j++) {
      double sum = hidden[j];
      for (int i = 0; i < v.length; i++) {
        sum += weights[j * v.length + i] * v[i];
      }
      up[j] = sigmoid(sum);
    }
    return up;
  }

  private double[] down(double[] h) {
    double[] down = visible.clone();
    for (int j = 0; j < h.length; j++) {
      if (h[j] != 0) {
        for (int i = 0; i < down.length; i++) {
          down[i] += weights[j * down.length + i];
        }
      }
    }
    for (int i = 0; i < down.length; i++) {
      down[i] = sigmoid(down[i]);
    }
    return down;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
