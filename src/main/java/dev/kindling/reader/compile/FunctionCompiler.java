package dev.kindling.reader.compile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.kindling.reader.graph.NewAttribute;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles functions of single elements. */
public final class FunctionCompiler {
  /** LeCun's 1.7159 tanh(2 x / 3). */
  private static final double TANH_HEIGHT = 1.7159;

  private static final double TANH_SLOPE = 2.0 / 3;

  /** Functions that are one operator of ONNX, by the word for them. */
  private static final Map<String, String> OPERATORS = operators();

  /** The words of all functions. */
  public static final Set<String> WORDS =
      Set.of(
          "identity",
          "relu",
          "tanh",
          "lecun-tanh",
          "sigmoid",
          "leaky-relu",
          "elu",
          "selu",
          "gelu",
          "gelu-tanh",
          "silu",
          "mish",
          "hard-swish",
          "softplus",
          "softsign");

  private final GraphAssembler graph;

  FunctionCompiler(GraphAssembler graph) {
    this.graph = graph;
  }

  private static Map<String, String> operators() {
    Map<String, String> operators = new LinkedHashMap<>();
    operators.put("relu", "Relu");
    operators.put("tanh", "Tanh");
    operators.put("sigmoid", "Sigmoid");
    operators.put("selu", "Selu");
    operators.put("gelu", "Gelu");
    operators.put("mish", "Mish");
    operators.put("hard-swish", "HardSwish");
    operators.put("softplus", "Softplus");
    operators.put("softsign", "Softsign");
    operators.put("leaky-relu", "LeakyRelu");
    operators.put("elu", "Elu");
    operators.put("gelu-tanh", "Gelu");
    return operators;
  }

  Activations function(LayerSpec.Activation function, Activations in) {
    return switch (function.function()) {
      case "identity" -> in;
      case "leaky-relu", "elu" ->
          in.with(node(function, in, NewAttribute.real("alpha", function.slope())));
      case "gelu-tanh" -> in.with(node(function, in, NewAttribute.text("approximate", "tanh")));
      case "silu" -> in.with(silu(function.name(), in.value()));
      case "lecun-tanh" -> in.with(scaledTanh(function.name(), in.value()));
      default -> in.with(node(function, in));
    };
  }

  private String node(LayerSpec.Activation function, Activations in, AttributeProto... attributes) {
    return graph.node(
        OPERATORS.get(function.function()),
        function.name(),
        List.of(in.value()),
        List.of(attributes));
  }

  private String silu(String name, String in) {
    return graph.node("Mul", name, in, graph.node("Sigmoid", name + ".sigmoid", in));
  }

  private String scaledTanh(String name, String in) {
    String inner =
        graph.node("Mul", name + ".inner", in, graph.scalar(name + ".slope", TANH_SLOPE));
    String tanh = graph.node("Tanh", name + ".tanh", inner);
    return graph.node("Mul", name, tanh, graph.scalar(name + ".height", TANH_HEIGHT));
  }
}
