package dev.kindling.spark;

import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bytes of a row: what goes to each graph input, little-endian, one behind the other in the
 * order of the inputs' names.
 *
 * @param fields the graph inputs in that order
 */
record RowLayout(List<Field> fields) implements Serializable {
  RowLayout {
    fields = List.copyOf(fields);
  }

  /**
   * What goes to a graph input.
   *
   * @param input its name
   * @param type type of its elements
   * @param shape shape of one sample
   * @param offset index of its first byte
   */
  record Field(String input, ElementType type, Shape shape, int offset) implements Serializable {
    int elements() {
      return Math.toIntExact(shape.elementCount());
    }

    int bytes() {
      return Math.multiplyExact(elements(), type.bytes());
    }
  }

  /**
   * Returns the layout of a source's rows.
   *
   * @param types types of the graph inputs, all of which the source fills
   */
  static RowLayout of(DataSource source, Map<String, ElementType> types) {
    SortedMap<String, Shape> shapes = new TreeMap<>();
    source
        .inputs()
        .forEach(input -> input.targets().forEach(target -> shapes.put(target, input.shape())));
    List<Field> fields = new ArrayList<>();
    int offset = 0;
    for (Map.Entry<String, Shape> shape : shapes.entrySet()) {
      Field field = new Field(shape.getKey(), types.get(shape.getKey()), shape.getValue(), offset);
      fields.add(field);
      offset = Math.addExact(offset, field.bytes());
    }
    return new RowLayout(fields);
  }

  Field field(String input) {
    return fields.stream().filter(it -> it.input().equals(input)).findFirst().orElseThrow();
  }

  int rowBytes() {
    return fields.stream().mapToInt(Field::bytes).sum();
  }

  /** Returns rows as a micro-batch. */
  MicroBatch together(int index, List<byte[]> rows) {
    Map<String, TensorValue> tensors = new HashMap<>();
    for (Field field : fields) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(rows.size(), field.bytes()));
      rows.forEach(row -> bytes.put(row, field.offset(), field.bytes()));
      List<Long> dims = new ArrayList<>(List.of((long) rows.size()));
      dims.addAll(field.shape().dims());
      tensors.put(field.input(), TensorValue.of(field.type(), new Shape(dims), bytes.flip()));
    }
    return MicroBatch.of(index, tensors);
  }
}
