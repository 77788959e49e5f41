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
 * apart into three, and a softmax follows. The three parts stand one behind the other, as of
 * MultiheadAttention, ViT and GPT-2, or every head has its own three, as of GPT-NeoX and BLOOM.
 */
final class AttentionInputs {
  private static final int PARTS = 3;

  /** Batch, time and heads come first. */
  private static final int LEAST_AXIS_IN_HEAD = 3;

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
    long heads = 1;
    String value = output;
    Optional<NodeProto> next = move(value);
    while (next.isPresent()) {
      if (Neighbours.is(next.get(), "Reshape")) {
        List<Long> tail = constants.tail(next.get().getInput(1));
        long found = keepsParts(tail, outputs) ? 1 : InterleavedHeads.in(tail, outputs);
        if (found == 0 || heads > 1) {
          return List.of();
        }
        heads = found;
      }
      value = next.get().getOutput(0);
      next = move(value);
    }
    return feedsSoftmax(value) ? parts(value, outputs, heads) : List.of();
  }

  private List<FusedPart> parts(String value, long outputs, long heads) {
    boolean whole = heads == 1 || index.readings(value).stream().allMatch(this::isWithinHead);
    return sizes(value, outputs / heads)
        .filter(sizes -> whole)
        .map(sizes -> FusedPart.byHeads(heads, sizes))
        .orElse(List.of());
  }

  /** The heads' axis is before those of a head, which are the last one or two. */
  private boolean isWithinHead(Reading reading) {
    NodeProto node = reading.node();
    long axis =
        Neighbours.is(node, "Slice")
            ? constants.integer(node, 3).orElse(0L)
            : Attributes.integer(node, "axis", 0);
    return axis < 0 || axis >= LEAST_AXIS_IN_HEAD;
  }

  private Optional<NodeProto> move(String value) {
    List<Reading> readings = index.readings(value);
    return readings.size() == 1 && MOVES.contains(readings.get(0).node().getOpType())
        ? Optional.of(readings.get(0).node())
        : Optional.empty();
  }

  /** Reshaped to {@code [.., 3, heads, width]} or {@code [.., 3, width]}, or not at all. */
  private static boolean keepsParts(List<Long> tail, long outputs) {
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
