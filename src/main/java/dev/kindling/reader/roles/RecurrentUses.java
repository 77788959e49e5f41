package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Activation;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.reader.graph.Attributes;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.roles.RecurrentOperands.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The weights and the bias of ONNX's recurrent operators: {@code [directions, gates * units, ...]},
 * the bias with two vectors behind each other. Source: ONNX operators LSTM, GRU and RNN. Where they
 * are put together from tensors of their own, as by PyTorch's exporters, those tensors are used, in
 * their own order of the gates.
 */
final class RecurrentUses {
  private static final int INPUT_WEIGHT = 1;
  private static final int HIDDEN_WEIGHT = 2;
  private static final int BIAS = 3;

  /** Marks the gates of the second of two bias vectors, which is added to the first. */
  private static final String SECOND = "+";

  private final NodeProto node;
  private final RecurrentOperands operands;
  private final long units;

  private RecurrentUses(NodeProto node, GraphIndex index, SourceFinder sources) {
    this.node = node;
    this.units = Math.max(0, Attributes.integer(node, "hidden_size", 0));
    this.operands = new RecurrentOperands(index, sources, units);
  }

  /** Returns the uses that a node makes of its trained inputs. */
  static List<TensorUse> of(NodeProto node, GraphIndex index, SourceFinder sources) {
    return new RecurrentUses(node, index, sources).uses();
  }

  private List<TensorUse> uses() {
    List<String> gates = letters(node.getOpType());
    List<String> both =
        Stream.concat(gates.stream(), gates.stream().map(gate -> SECOND + gate)).toList();
    List<TensorUse> uses = new ArrayList<>();
    uses.addAll(uses(INPUT_WEIGHT, gates, Role.RECURRENT_INPUT));
    uses.addAll(uses(HIDDEN_WEIGHT, gates, Role.RECURRENT_HIDDEN));
    uses.addAll(uses(BIAS, both, Role.RECURRENT_BIAS));
    return uses;
  }

  private List<TensorUse> uses(int input, List<String> gates, Role role) {
    return Attributes.input(node, input).stream()
        .flatMap(value -> operands.behind(value, gates).stream())
        .map(operand -> use(operand, role))
        .toList();
  }

  private TensorUse use(Operand operand, Role role) {
    return new TensorUse(
        operand.source(), role, Layout.OUT_IN, 1, 1, activation(node), parts(operand.gates()));
  }

  /** A bias that is added to another one has no gates of its own to fill. */
  private List<FusedPart> parts(List<String> gates) {
    boolean second = !gates.isEmpty() && gates.stream().allMatch(gate -> gate.startsWith(SECOND));
    String letters = String.join("", gates).replace(SECOND, "");
    return second || units == 0 ? List.of() : FusedPart.gates(letters, units);
  }

  /** As ONNX stores the gates. */
  private static List<String> letters(String operator) {
    return switch (operator) {
      case "LSTM" -> List.of("i", "o", "f", "c");
      case "GRU" -> List.of("z", "r", "h");
      default -> List.of("h");
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
