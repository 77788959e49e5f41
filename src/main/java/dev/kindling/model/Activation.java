package dev.kindling.model;

/** The activation that directly follows a layer, as far as a recommendation depends on it. */
public enum Activation {
  /** Nothing, or something that is not an activation. */
  NONE,
  RELU,
  TANH,
  /** An activation for which there is no recommendation. */
  OTHER
}
