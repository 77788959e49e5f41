package dev.kindling.diagnose;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How signals travel through a model at its start.
 *
 * @param rows number of samples that went through
 * @param together number of samples that effective rank and cosine are over
 * @param directions number of random directions behind each Jacobian
 * @param layers in execution order
 * @param attentions in execution order
 * @param remarks how the graph that ran differs from the model's
 */
public record Diagnosis(
    int rows,
    int together,
    int directions,
    List<LayerSignal> layers,
    List<AttentionSignal> attentions,
    List<String> remarks)
    implements Serializable {
  public Diagnosis {
    layers = List.copyOf(layers);
    attentions = List.copyOf(attentions);
    remarks = List.copyOf(remarks);
  }

  /**
   * Returns the whole of which these are parts: layer {@code i} is in part {@code i} modulo their
   * number.
   */
  public static Diagnosis joined(List<Diagnosis> parts) {
    Diagnosis first = parts.get(0);
    List<LayerSignal> layers = new ArrayList<>();
    int count = parts.stream().mapToInt(part -> part.layers().size()).sum();
    for (int i = 0; i < count; i++) {
      layers.add(parts.get(i % parts.size()).layers().get(i / parts.size()));
    }
    return new Diagnosis(
        first.rows, first.together, first.directions, layers, first.attentions, first.remarks);
  }
}
