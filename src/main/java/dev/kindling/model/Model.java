package dev.kindling.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Named tensors and, where the source has one, the graph that uses them.
 *
 * @param name what messages call it, usually its file name
 * @param tensors in the order of their first use
 * @param graph the graph, absent when only shapes are known
 * @param exported what the file calls those tensors whose names an exporter had lost
 * @param notes what the user should know of how it was read, one line each
 * @param absent for tensors whose values are in a file that is not there: that file
 */
public record Model(
    String name,
    List<Tensor> tensors,
    Optional<Graph> graph,
    Map<String, String> exported,
    List<String> notes,
    Map<String, String> absent) {
  public Model {
    tensors = List.copyOf(tensors);
    exported = Map.copyOf(exported);
    notes = List.copyOf(notes);
    absent = Map.copyOf(absent);
  }

  /** Returns a model whose tensors are called as in its file, about which nothing is to be said. */
  public Model(String name, List<Tensor> tensors, Optional<Graph> graph) {
    this(name, tensors, graph, Map.of(), List.of(), Map.of());
  }

  /** Returns this model with other tensors. */
  public Model withTensors(List<Tensor> others) {
    return new Model(name, others, graph, exported, notes, absent);
  }

  /** Returns this model with other tensors and notes. */
  public Model withTensors(List<Tensor> others, List<String> remarks) {
    return new Model(name, others, graph, exported, remarks, absent);
  }

  /**
   * An ONNX graph whose trainable tensors have no values.
   *
   * @param onnx the graph, its functions and opset imports
   * @param layers the dense and conv layers in execution order
   */
  public record Graph(ModelProto onnx, List<Layer> layers) {
    public Graph {
      layers = List.copyOf(layers);
    }
  }
}
