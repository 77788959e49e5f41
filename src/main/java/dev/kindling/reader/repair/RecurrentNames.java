package dev.kindling.reader.repair;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.NewAttribute;
import dev.kindling.reader.repair.NameBridges.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the folded operands of a recurrent node apart into the parameters of PyTorch's module:
 * {@code weight_ih_l0}, {@code weight_hh_l0}, {@code bias_ih_l0}, {@code bias_hh_l0} and, for a
 * second direction, the same with {@code _reverse}. ONNX has one tensor for both directions, one
 * for both biases, and another order of the gates: LSTM {@code iofc} where PyTorch has {@code
 * ifgo}, GRU {@code zrh} where it has {@code rzn}.
 */
public final class RecurrentNames {
  private static final int INPUT_WEIGHT = 1;
  private static final int BIAS = 3;

  private final NameBridges bridges;
  private final String module;
  private final int layer;

  RecurrentNames(NameBridges bridges, String module, int layer) {
    this.bridges = bridges;
    this.module = module;
    this.layer = layer;
  }

  /** Returns whether the node is of a recurrent operator. */
  public static boolean isRecurrent(NodeProto node) {
    return Neighbours.is(node, "LSTM") || Neighbours.is(node, "GRU") || Neighbours.is(node, "RNN");
  }

  /** Returns the place in PyTorch's order of each of ONNX's gates. */
  private static List<Integer> gates(NodeProto node) {
    return switch (node.getOpType()) {
      case "LSTM" -> List.of(0, 3, 1, 2);
      case "GRU" -> List.of(1, 0, 2);
      default -> List.of(0);
    };
  }

  /** Returns the node with operands that are put together from PyTorch's parameters. */
  NodeProto renamed(NodeProto node) {
    NodeProto.Builder renamed = node.toBuilder();
    for (int input = INPUT_WEIGHT; input <= Math.min(BIAS, node.getInputCount() - 1); input++) {
      String tensor = node.getInput(input);
      if (ExportedNames.isMadeUp(tensor) && bridges.file(tensor) != null) {
        renamed.setInput(input, input == BIAS ? bias(node, tensor) : weight(node, input, tensor));
      }
    }
    return renamed.build();
  }

  private String weight(NodeProto node, int input, String tensor) {
    List<Long> dims = bridges.file(tensor).getDimsList();
    String word = input == INPUT_WEIGHT ? "weight_ih" : "weight_hh";
    if (dims.size() != 3 || !isWhole(node, dims.get(1), 1)) {
      return bridges.parameter(tensor, module + "." + word, Form.AS_IS);
    }
    List<String> directions = new ArrayList<>();
    for (int direction = 0; direction < dims.get(0); direction++) {
      String name = name(word, direction);
      if (!bridges.isFree(name)) {
        return tensor;
      }
      bridges.add(name, tensor, dims.subList(1, 3));
      String ordered = ordered(node, name, dims.get(1));
      directions.add(bridges.reshaped(ordered, List.of(1L, dims.get(1), dims.get(2))));
    }
    return joined(directions);
  }

  private String bias(NodeProto node, String tensor) {
    List<Long> dims = bridges.file(tensor).getDimsList();
    if (dims.size() != 2 || !isWhole(node, dims.get(1), 2)) {
      return bridges.parameter(tensor, module + ".bias", Form.AS_IS);
    }
    long length = dims.get(1) / 2;
    List<String> directions = new ArrayList<>();
    for (int direction = 0; direction < dims.get(0); direction++) {
      List<String> both = new ArrayList<>();
      for (String word : List.of("bias_ih", "bias_hh")) {
        String name = name(word, direction);
        if (!bridges.isFree(name)) {
          return tensor;
        }
        bridges.add(name, tensor, List.of(length));
        both.add(ordered(node, name, length));
      }
      directions.add(bridges.reshaped(joined(both), List.of(1L, dims.get(1))));
    }
    return joined(directions);
  }

  private static boolean isWhole(NodeProto node, long rows, int times) {
    return rows % ((long) times * gates(node).size()) == 0;
  }

  private String name(String word, int direction) {
    return "%s.%s_l%d%s".formatted(module, word, layer, direction == 0 ? "" : "_reverse");
  }

  /** Returns the gates in ONNX's order. */
  private String ordered(NodeProto node, String name, long rows) {
    List<Integer> gates = gates(node);
    if (gates.size() == 1) {
      return name;
    }
    long units = rows / gates.size();
    String axis = bridges.constant(name + "/axis", List.of(0L));
    List<String> parts = new ArrayList<>();
    for (int gate : gates) {
      String from = bridges.constant(name + "/row_" + gate, List.of(gate * units));
      String to = bridges.constant(name + "/row_" + (gate + 1), List.of((gate + 1) * units));
      parts.add(bridges.node("Slice", name + "/gate_" + gate, List.of(name, from, to, axis)));
    }
    return joined(parts);
  }

  private String joined(List<String> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : bridges.node("Concat", parts.get(0) + "/Concat", parts, NewAttribute.integer("axis", 0));
  }
}
