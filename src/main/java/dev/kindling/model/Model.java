package dev.kindling.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;
import java.util.Optional;

/**
 * Named tensors and, where the source has one, the graph that uses them.
 *
 * @param name what messages call it, usually its file name
 * @param tensors in the order of their first use
 * @param graph the graph, absent when only shapes are known
 */
public record Model(String name, List<Tensor> tensors, Optional<Graph> graph) {
  public Model {
    tensors = List.copyOf(tensors);
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
