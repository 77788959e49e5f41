package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Activation;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The weights and the bias of ONNX's recurrent operators: {@code [directions, gates * units, ...]},
 * the bias with two vectors behind each other. Source: ONNX operators LSTM, GRU and RNN.
 */
final class RecurrentUses {
  private static final int INPUT_WEIGHT = 1;
  private static final int HIDDEN_WEIGHT = 2;
  private static final int BIAS = 3;

  private RecurrentUses() {}

  /** Returns the uses that a node makes of its trained inputs, given by their place. */
  static List<TensorUse> of(NodeProto node, IntFunction<Optional<Source>> inputs) {
    long units = Math.max(0, Attributes.integer(node, "hidden_size", 0));
    String letters = letters(node.getOpType());
    List<FusedPart> gates = units == 0 ? List.of() : FusedPart.gates(letters, units);
    List<FusedPart> both = units == 0 ? List.of() : FusedPart.gates(letters + letters, units);
    List<TensorUse> uses = new ArrayList<>();
    inputs
        .apply(INPUT_WEIGHT)
        .map(w -> use(node, w, Role.RECURRENT_INPUT, gates))
        .ifPresent(uses::add);
    inputs
        .apply(HIDDEN_WEIGHT)
        .map(w -> use(node, w, Role.RECURRENT_HIDDEN, gates))
        .ifPresent(uses::add);
    inputs.apply(BIAS).map(b -> use(node, b, Role.RECURRENT_BIAS, both)).ifPresent(uses::add);
    return uses;
  }

  private static TensorUse use(NodeProto node, Source source, Role role, List<FusedPart> fused) {
    return new TensorUse(source, role, Layout.OUT_IN, 1, 1, activation(node), fused);
  }

  /** As ONNX stores the gates. */
  private static String letters(String operator) {
    return switch (operator) {
      case "LSTM" -> "iofc";
      case "GRU" -> "zrh";
      default -> "h";
    };
  }

  /** A gated layer has several, none of which is a layer's. */
  private static Activation activation(NodeProto node) {
    if (!node.getOpType().equals("RNN")) {
      return Activation.NONE;
    }
    boolean relu =
        node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals("activations"))
            .flatMap(attribute -> attribute.getStringsList().stream())
            .anyMatch(word -> word.toStringUtf8().equals("Relu"));
    return relu ? Activation.RELU : Activation.TANH;
  }
}
