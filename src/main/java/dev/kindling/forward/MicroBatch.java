package dev.kindling.forward;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One record of the frontier: a fixed number of samples that go through a stage together, as the
 * tensors that later stages need. Immutable.
 *
 * @param index which samples they are, counted from 0 in units of micro-batches
 * @param live tensors by name; before the first stage the data inputs of the graph
 */
public record MicroBatch(int index, SortedMap<String, TensorValue> live) implements Serializable {
  public MicroBatch {
    Require.notNegative(index, "index");
    live = Collections.unmodifiableSortedMap(new TreeMap<>(live));
  }

  /** Returns the micro-batch with these tensors. */
  public static MicroBatch of(int index, Map<String, TensorValue> live) {
    return new MicroBatch(index, new TreeMap<>(live));
  }

  /**
   * Returns a live tensor.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public TensorValue tensor(String name) {
    TensorValue value = live.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "micro-batch %d has no tensor '%s' (found %s)".formatted(index, name, live.keySet()));
    }
    return value;
  }

  /** Returns the number of bytes of all elements. */
  public long byteCount() {
    return live.values().stream().mapToLong(TensorValue::byteCount).sum();
  }
}
