package dev.kindling.reader.compile;

import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;

/**
 * What flows between two layers.
 *
 * @param value its name in the graph
 * @param sample its shape without the batch
 * @param type float32, or int64 for token ids
 */
public record Activations(String value, Shape sample, ElementType type) {
  /** Float32. */
  public Activations(String value, Shape sample) {
    this(value, sample, ElementType.F32);
  }

  Activations with(String newValue) {
    return new Activations(newValue, sample, type);
  }
}
