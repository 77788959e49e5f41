package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.ElementType;
import dev.kindling.reader.file.ModelFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Integers that stand in a graph as initialisers or Constant nodes. */
public final class Constants {
  /** Longer ones are no axes, indices or shapes. */
  private static final int MAX_LENGTH = 64;

  private final GraphIndex index;

  public Constants(GraphIndex index) {
    this.index = index;
  }

  /** Returns the only integer that a node reads at an input. */
  public Optional<Long> integer(NodeProto node, int input) {
    return integers(node, input).filter(list -> list.size() == 1).map(list -> list.get(0));
  }

  /** Returns the integers that a node reads at an input, if they are constant. */
  public Optional<List<Long>> integers(NodeProto node, int input) {
    return Attributes.input(node, input).flatMap(this::tensor).flatMap(Constants::integers);
  }

  /**
   * Returns the integers at the end of a list that is constant there: of a shape, the last extents.
   */
  public List<Long> tail(String value) {
    Optional<List<Long>> whole = list(value);
    Optional<NodeProto> node = index.producer(value);
    if (whole.isPresent() || node.isEmpty()) {
      return whole.orElse(List.of());
    }
    return switch (node.get().getOpType()) {
      case "Concat" -> joinedTail(node.get().getInputList());
      case "Unsqueeze", "Cast", "Identity" -> tail(node.get().getInput(0));
      default -> List.of();
    };
  }

  /** The parts of a joined shape are single extents. */
  private List<Long> joinedTail(List<String> parts) {
    List<Long> tail = new ArrayList<>();
    for (int i = parts.size() - 1; i >= 0; i--) {
      List<Long> part = tail(parts.get(i));
      if (part.isEmpty()) {
        break;
      }
      tail.addAll(0, part);
    }
    return tail;
  }

  private Optional<List<Long>> list(String value) {
    return tensor(value).flatMap(Constants::integers);
  }

  /** Returns a tensor that stands in the graph. */
  Optional<TensorProto> tensor(String value) {
    return Optional.ofNullable(index.initialisers().get(value))
        .or(() -> index.producer(value).flatMap(OnnxValues::constant));
  }

  private static Optional<List<Long>> integers(TensorProto tensor) {
    Optional<ElementType> type = OnnxTypes.elementType(tensor.getDataType());
    boolean wide = type.equals(Optional.of(ElementType.I64));
    if ((!wide && !type.equals(Optional.of(ElementType.I32))) || tensor.getDimsCount() > 1) {
      return Optional.empty();
    }
    return OnnxValues.values(tensor, tensor.getName(), new ModelFile("constant"))
        .filter(bytes -> bytes.remaining() <= MAX_LENGTH * Long.BYTES)
        .map(bytes -> wide ? longs(bytes) : ints(bytes));
  }

  private static List<Long> longs(ByteBuffer bytes) {
    List<Long> values = new ArrayList<>();
    while (bytes.hasRemaining()) {
      values.add(bytes.getLong());
    }
    return values;
  }

  private static List<Long> ints(ByteBuffer bytes) {
    List<Long> values = new ArrayList<>();
    while (bytes.hasRemaining()) {
      values.add((long) bytes.getInt());
    }
    return values;
  }
}
