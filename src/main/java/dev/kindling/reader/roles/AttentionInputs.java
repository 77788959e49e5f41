package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.graph.Attributes;
import dev.kindling.reader.graph.Constants;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.GraphIndex.Reading;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.shapes.TorchFusedNames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Recognises a dense layer that computes queries, keys and values at once: its outputs are taken
 * apart into three, and a softmax follows. Three parts one behind the other are told, as of
 * MultiheadAttention, ViT and GPT-2; where every head has its own three (GPT-NeoX, BLOOM), they are
 * not.
 */
final class AttentionInputs {
  private static final int PARTS = 3;

  /** Nodes between the parts and the softmax, at most; the longest seen is 24 of each part. */
  private static final int MAX_NODES = 120;

  private static final Set<String> MOVES =
      Set.of("Reshape", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Cast");

  private final GraphIndex index;
  private final Constants constants;

  AttentionInputs(GraphIndex index) {
    this.index = index;
    this.constants = new Constants(index);
  }

  /** Returns queries, keys and values, or nothing if the layer's output is something else. */
  List<FusedPart> parts(Source weight, Layout layout, String output) {
    if (weight.shape().rank() != 2) {
      return List.of();
    }
    List<FusedPart> taken = takenApart(weight, layout, output);
    return taken.isEmpty() ? named(weight, layout) : taken;
  }

  /** Where the shapes are computed, the name tells. */
  private static List<FusedPart> named(Source weight, Layout layout) {
    return new TorchFusedNames(Map.of(weight.name(), weight.shape()))
        .tensor(weight.name())
        .filter(tensor -> tensor.role() == Role.FUSED_QKV && tensor.layout() == layout)
        .map(Tensor::fused)
        .orElse(List.of());
  }

  private List<FusedPart> takenApart(Source weight, Layout layout, String output) {
    long outputs = weight.shape().dim(layout == Layout.OUT_IN ? 0 : 1);
    String value = output;
    Optional<NodeProto> next = move(value);
    while (next.isPresent()) {
      if (!keepsParts(next.get(), outputs)) {
        return List.of();
      }
      value = next.get().getOutput(0);
      next = move(value);
    }
    String split = value;
    return sizes(split, outputs)
        .filter(sizes -> feedsSoftmax(split))
        .map(
            sizes ->
                List.of(
                    part("queries", sizes, 0), part("keys", sizes, 1), part("values", sizes, 2)))
        .orElse(List.of());
  }

  private static FusedPart part(String name, List<Long> sizes, int number) {
    return new FusedPart(name, sizes.get(number));
  }

  private Optional<NodeProto> move(String value) {
    List<Reading> readings = index.readings(value);
    return readings.size() == 1 && MOVES.contains(readings.get(0).node().getOpType())
        ? Optional.of(readings.get(0).node())
        : Optional.empty();
  }

  /** Reshaped to {@code [.., 3, heads, width]} or {@code [.., 3, width]}, or not at all. */
  private boolean keepsParts(NodeProto node, long outputs) {
    if (!Neighbours.is(node, "Reshape")) {
      return true;
    }
    List<Long> tail = constants.tail(node.getInput(1));
    int rank = tail.size();
    boolean whole = rank >= 1 && (tail.get(rank - 1) == outputs || tail.get(rank - 1) == -1);
    boolean three =
        (rank >= 2 && tail.get(rank - 2) == PARTS && tail.get(rank - 1) * PARTS == outputs)
            || (rank >= 3
                && tail.get(rank - 3) == PARTS
                && tail.get(rank - 2) * tail.get(rank - 1) * PARTS == outputs);
    return whole || three;
  }

  private Optional<List<Long>> sizes(String value, long outputs) {
    List<Reading> readings = index.readings(value);
    if (readings.size() == 1 && Neighbours.is(readings.get(0).node(), "Split")) {
      return split(readings.get(0).node(), outputs);
    }
    Set<Long> taken = new HashSet<>();
    for (Reading reading : readings) {
      if (reading.input() == 0) {
        taken(reading.node()).ifPresent(taken::add);
      }
    }
    boolean equal = taken.equals(Set.of(0L, 1L, 2L)) || isThirds(taken, outputs);
    return equal && outputs % PARTS == 0
        ? Optional.of(List.of(outputs / PARTS, outputs / PARTS, outputs / PARTS))
        : Optional.empty();
  }

  private static boolean isThirds(Set<Long> taken, long outputs) {
    long third = outputs / PARTS;
    return third > 0 && taken.equals(Set.of(0L, third, 2 * third));
  }

  /** Which of the parts, or where it starts. */
  private Optional<Long> taken(NodeProto node) {
    return Neighbours.is(node, "Gather") || Neighbours.is(node, "Slice")
        ? constants.integer(node, 1)
        : Optional.empty();
  }

  private Optional<List<Long>> split(NodeProto node, long outputs) {
    if (node.getOutputCount() != PARTS) {
      return Optional.empty();
    }
    List<Long> stated =
        constants.integers(node, 1).orElseGet(() -> Attributes.integers(node, "split"));
    boolean ofOutputs =
        stated.size() == PARTS && stated.stream().mapToLong(Long::longValue).sum() == outputs;
    if (ofOutputs) {
      return Optional.of(stated);
    }
    boolean equal = stated.stream().distinct().count() <= 1 && outputs % PARTS == 0;
    return equal
        ? Optional.of(List.of(outputs / PARTS, outputs / PARTS, outputs / PARTS))
        : Optional.empty();
  }

  private boolean feedsSoftmax(String value) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty() && seen.size() < MAX_NODES) {
      for (Reading reading : index.readings(open.remove())) {
        if (Neighbours.is(reading.node(), "Softmax")
            || Neighbours.is(reading.node(), "Attention")) {
          return true;
        }
        reading.node().getOutputList().stream().filter(seen::add).forEach(open::add);
      }
    }
    return false;
  }
}
