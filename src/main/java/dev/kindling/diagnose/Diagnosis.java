package dev.kindling.diagnose;

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
    List<String> remarks) {
  public Diagnosis {
    layers = List.copyOf(layers);
    attentions = List.copyOf(attentions);
    remarks = List.copyOf(remarks);
  }
}
