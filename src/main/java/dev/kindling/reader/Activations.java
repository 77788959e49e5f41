package dev.kindling.reader;

import dev.kindling.model.Shape;

/**
 * What flows between two layers.
 *
 * @param value its name in the graph
 * @param sample its shape without the batch
 */
record Activations(String value, Shape sample) {
  Activations with(String newValue) {
    return new Activations(newValue, sample);
  }
}
