package dev.kindling.model;

import java.io.Serializable;
import java.util.Optional;

/**
 * A node of the graph that multiplies activations with a weight: what calibration calls a layer.
 *
 * @param name how tables call it: the weight's name without {@code .weight}
 * @param node name of the node, unique in the graph
 * @param weight name of its weight tensor
 * @param bias name of its bias tensor, if it has one
 */
public record Layer(String name, String node, String weight, Optional<String> bias)
    implements Serializable {

  private Object writeReplace() {
    return new Serialised(name, node, weight, bias.orElse(null));
  }

  /** The same without {@code Optional}, which cannot be serialised. */
  private record Serialised(String name, String node, String weight, String bias)
      implements Serializable {
    private Object readResolve() {
      return new Layer(name, node, weight, Optional.ofNullable(bias));
    }
  }
}
