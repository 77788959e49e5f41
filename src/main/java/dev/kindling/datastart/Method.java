package dev.kindling.datastart;

/**
 * What the weights of a layer are made of.
 *
 * <p>Source: Kraehenbuehl, Doersch, Donahue, Darrell 2016, Data-dependent initializations of
 * convolutional neural networks, section 3.1, <a
 * href="https://arxiv.org/abs/1511.06856">arXiv:1511.06856</a>, and its script magic_init. Coates,
 * Ng 2012, Learning feature representations with k-means, for the whitening.
 */
public enum Method {
  /** Principal directions, the strongest first, each divided by its standard deviation. */
  PCA,
  /** Rows of the whitening matrix that stays closest to the identity. */
  ZCA,
  /** Centroids of whitened patches of length 1. */
  KMEANS,
  /** Whitened patches of length 1 themselves. */
  PATCHES
}
