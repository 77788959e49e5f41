package dev.kindling.reader.repair;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters that take the places of tensors of the file, and the nodes between them and what the
 * graph reads.
 */
final class NameBridges {
  /** How a tensor of the file stores a parameter. */
  enum Form {
    AS_IS,
    /** A matrix with its axes swapped. */
    TRANSPOSED,
    /** A vector among axes of length 1. */
    VECTOR
  }

  private final Map<String, TensorProto> file;
  private final Map<String, TensorProto> made = new LinkedHashMap<>();
  private final Map<String, String> exported = new LinkedHashMap<>();
  private final Map<String, NodeProto> nodes = new LinkedHashMap<>();

  NameBridges(Map<String, TensorProto> file) {
    this.file = file;
  }

  /** Returns the parameters that were made. */
  Collection<TensorProto> tensors() {
    return made.values();
  }

  /** Returns the nodes that read them. */
  Collection<NodeProto> nodes() {
    return nodes.values();
  }

  /** Returns what the file calls the tensors that were made. */
  Map<String, String> exported() {
    return exported;
  }

  /**
   * Returns the name of the parameter that stands for a tensor of the file in the given form: the
   * wanted one, an existing parameter of that name and shape, or one with a number behind it.
   */
  String parameter(String tensor, String wanted, Form form) {
    TensorProto source = file.get(tensor);
    List<Long> dims = dims(source, form);
    String name = wanted;
    for (int number = 2; !isFree(name, tensor, dims); number++) {
      name = wanted + "_" + number;
    }
    if (!file.containsKey(name) && !made.containsKey(name)) {
      made.put(
          name,
          form == Form.AS_IS
              ? source.toBuilder().setName(name).build()
              : empty(name, source, dims));
      exported.put(name, tensor);
    }
    return name;
  }

  /** Returns the value that a node reads in place of a tensor of the file. */
  String value(String tensor, String parameter, Form form) {
    return switch (form) {
      case AS_IS -> parameter;
      case TRANSPOSED -> node("Transpose", parameter + "/Transpose", List.of(parameter), swap());
      case VECTOR -> reshaped(parameter, file.get(tensor).getDimsList());
    };
  }

  /** Adds a parameter without values and returns its name, which must be free. */
  String add(String name, String tensor, List<Long> dims) {
    made.put(name, empty(name, file.get(tensor), dims));
    exported.put(name, tensor);
    return name;
  }

  /** Returns whether a name is neither in the file nor made. */
  boolean isFree(String name) {
    return !file.containsKey(name) && !made.containsKey(name);
  }

  /** Returns a tensor of the file. */
  TensorProto file(String tensor) {
    return file.get(tensor);
  }

  /** Adds a node once and returns the name of its output, which is also its own. */
  String node(String operator, String name, List<String> inputs, AttributeProto... attributes) {
    nodes.computeIfAbsent(
        name,
        key ->
            NodeProto.newBuilder()
                .setOpType(operator)
                .setName(key)
                .addAllInput(inputs)
                .addOutput(key)
                .addAllAttribute(List.of(attributes))
                .build());
    return name;
  }

  /** Returns a value in another shape. */
  String reshaped(String value, List<Long> dims) {
    return node("Reshape", value + "/Reshape", List.of(value, constant(value + "/shape", dims)));
  }

  /** Returns the name of a vector of integers. */
  String constant(String name, List<Long> values) {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(values.size())
            .addAllInt64Data(values)
            .build();
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor)
            .build();
    return node("Constant", name, List.of(), value);
  }

  private boolean isFree(String name, String tensor, List<Long> dims) {
    TensorProto existing = file.containsKey(name) ? file.get(name) : made.get(name);
    boolean same = file.containsKey(name) || tensor.equals(exported.get(name));
    return existing == null || (same && existing.getDimsList().equals(dims));
  }

  private static AttributeProto swap() {
    return AttributeProto.newBuilder()
        .setName("perm")
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(1)
        .addInts(0)
        .build();
  }

  private static List<Long> dims(TensorProto tensor, Form form) {
    List<Long> dims = tensor.getDimsList();
    return switch (form) {
      case AS_IS -> dims;
      case TRANSPOSED -> List.of(dims.get(1), dims.get(0));
      case VECTOR -> List.of(dims.stream().reduce(1L, (a, b) -> a * b));
    };
  }

  /** Its values would have to be brought into the other form; they are drawn anew instead. */
  private static TensorProto empty(String name, TensorProto source, List<Long> dims) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(source.getDataType())
        .addAllDims(new ArrayList<>(dims))
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .build();
  }
}
