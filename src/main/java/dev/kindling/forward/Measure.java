package dev.kindling.forward;

/** What of a layer gets the wanted variance. */
public enum Measure {
  /** The layer's output, bias included, as published. */
  OUTPUT,
  /** What the activation behind it makes of that; the output of layers that have none. */
  AFTER_ACTIVATION
}
