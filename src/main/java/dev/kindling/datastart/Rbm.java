package dev.kindling.datastart;

import dev.kindling.base.Require;

/**
 * Dense layers with sigmoids between them are trained one after the other as restricted Boltzmann
 * machines, by one-step contrastive divergence.
 *
 * <p>Source: Hinton 2002, Training products of experts by minimizing contrastive divergence;
 * Hinton, Osindero, Teh 2006, A fast learning algorithm for deep belief nets, section 2, whose
 * layers pass probabilities on.
 *
 * @param steps number of updates of a layer, each of the gradient over all rows
 * @param rate learning rate
 */
public record Rbm(int steps, double rate) implements DataStart {
  /** Updates of a layer, unless stated. */
  public static final int DEFAULT_STEPS = 100;

  /** Learning rate, unless stated. */
  public static final double DEFAULT_RATE = 0.5;

  public Rbm {
    Require.positive(steps, "steps");
    Require.positive(rate, "rate");
  }

  @Override
  public double mean() {
    return 0;
  }
}
