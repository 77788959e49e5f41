package dev.kindling.proxy;

import dev.kindling.base.Require;

/**
 * How a proxy is made.
 *
 * @param factor how many times narrower its hidden layers are
 * @param iterations iterations of L-BFGS that it is trained for
 * @param compared iterations that the large network is trained for, from either start
 * @param seeds number of seeds, from the configuration's own on
 * @param noise standard deviation of the noise on copies, as a share of a layer's weights
 */
public record ProxySettings(int factor, int iterations, int compared, int seeds, double noise) {
  public ProxySettings {
    Require.positive(factor - 1, "factor minus 1");
    Require.positive(iterations, "iterations");
    Require.notNegative(compared, "compared-iterations");
    Require.positive(seeds, "seeds");
    Require.positive(noise, "noise");
  }
}
