package dev.kindling.datastart;

import java.io.Serializable;

/** How weights are started from data. Its text names all that the result depends on. */
public sealed interface DataStart extends Serializable permits Directions, WeightNorm, Rbm {
  /** Returns the mean that layers' outputs get, unless the user states one. */
  double mean();
}
