package dev.kindling.calibrate;

/** What a scale is found for. */
public enum Statistic {
  /** One scale per layer, as published for LSUV. */
  LAYER,
  /**
   * One scale and shift per output channel. Sources: Salimans, Kingma 2016, Weight normalization,
   * section 3, <a href="https://arxiv.org/abs/1602.07868">arXiv:1602.07868</a>; Kraehenbuehl et al.
   * 2016, Data-dependent initializations, section 3.1, <a
   * href="https://arxiv.org/abs/1511.06856">arXiv:1511.06856</a>.
   */
  CHANNEL
}
