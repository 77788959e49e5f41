package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The values that an ONNX file holds, whichever of ONNX's encodings they are in. */
public final class OnnxValues {
  private OnnxValues() {}

  /**
   * Returns the values of a tensor in a file, as {@link #values(ModelProto, String, String)}, also
   * where they are in a file beside it.
   *
   * @param folder opens the file and those beside it
   * @throws InputException if it is no ONNX model, too
   */
  public static ByteBuffer read(ModelFolder folder, String path, String tensor) throws IOException {
    ModelFile file = new ModelFile(path);
    try (ModelFolder.Opened opened = folder.open(path)) {
      GraphProto graph = OnnxFile.read(opened, file).getGraph();
      TensorProto proto = required(graph, tensor, file);
      return values(proto, tensor, file)
          .or(() -> new ExternalDataFile(folder, file).read(proto, tensor))
          .orElseThrow(() -> elsewhere(tensor, file));
    }
  }

  /**
   * Returns the values of a tensor by its name: an initialiser, or the output of a Constant node.
   *
   * @param path stands in messages
   * @return little-endian bytes in the tensor's own element type, in index order, read-only
   * @throws InputException if there is no such tensor, its values are not in the file, or they do
   *     not fit its shape
   */
  public static ByteBuffer values(ModelProto model, String tensor, String path) {
    ModelFile file = new ModelFile(path);
    return values(required(model.getGraph(), tensor, file), tensor, file)
        .orElseThrow(() -> elsewhere(tensor, file));
  }

  /**
   * Returns what the graph says of a tensor: an initialiser, what a Constant node puts out, or what
   * Identity nodes copy.
   *
   * @throws InputException if there is no such tensor
   */
  public static TensorProto required(GraphProto graph, String tensor, ModelFile file) {
    return find(graph, tensor)
        .orElseThrow(
            () -> file.refuse("tensor '%s'".formatted(tensor), "the graph has no such tensor"));
  }

  private static InputException elsewhere(String tensor, ModelFile file) {
    return file.refuse(
        "tensor '%s'".formatted(tensor), "its values are in another file (external data)");
  }

  /** Its own, that of the Constant node that puts it out, or what Identity nodes copy. */
  private static Optional<TensorProto> find(GraphProto graph, String tensor) {
    String name = tensor;
    // A chain of Identity nodes is not longer than the graph; a circle of them would be endless.
    for (int step = 0; step <= graph.getNodeCount(); step++) {
      Optional<TensorProto> found = initialiser(graph, name);
      Optional<NodeProto> producer = producer(graph, name);
      if (found.isPresent() || producer.isEmpty() || !Neighbours.is(producer.get(), "Identity")) {
        return found.or(() -> producer.flatMap(OnnxValues::constant));
      }
      name = Attributes.input(producer.get(), 0).orElse("");
    }
    return Optional.empty();
  }

  private static Optional<TensorProto> initialiser(GraphProto graph, String name) {
    return graph.getInitializerList().stream()
        .filter(tensor -> tensor.getName().equals(name))
        .findFirst();
  }

  private static Optional<NodeProto> producer(GraphProto graph, String name) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOutputList().contains(name))
        .findFirst();
  }

  /** Returns the tensor of a Constant node, or nothing for any other node. */
  public static Optional<TensorProto> constant(NodeProto node) {
    if (!node.getOpType().equals("Constant")) {
      return Optional.empty();
    }
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("value") && attribute.hasT())
        .map(AttributeProto::getT)
        .findFirst();
  }

  /** Returns the element type of a tensor. */
  public static ElementType type(TensorProto tensor, String name, ModelFile file) {
    return OnnxTypes.elementType(tensor.getDataType())
        .orElseThrow(
            () ->
                refuse(
                    name,
                    file,
                    "unsupported element type " + OnnxTypes.describe(tensor.getDataType())));
  }

  /** Returns the shape of a tensor. */
  public static Shape shape(TensorProto tensor, String name, ModelFile file) {
    try {
      return new Shape(tensor.getDimsList());
    } catch (IllegalArgumentException e) {
      throw refuse(name, file, e.getMessage());
    }
  }

  /** Returns the values as little-endian bytes, or nothing if they are in another file. */
  public static Optional<ByteBuffer> values(TensorProto tensor, String name, ModelFile file) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      return Optional.empty();
    }
    ElementType type = type(tensor, name, file);
    Shape shape = shape(tensor, name, file);
    ByteBuffer values = tensor.hasRawData() ? raw(tensor) : typed(tensor, type, name, file);
    if (values.remaining() % type.bytes() != 0
        || values.remaining() / type.bytes() != shape.elementCount()) {
      throw refuse(
          name,
          file,
          "its values do not fit %s %s (expected %d elements of %d bytes, found %d bytes)"
              .formatted(
                  type.label(), shape, shape.elementCount(), type.bytes(), values.remaining()));
    }
    return Optional.of(values.order(ByteOrder.LITTLE_ENDIAN));
  }

  private static ByteBuffer raw(TensorProto tensor) {
    return tensor.getRawData().asReadOnlyByteBuffer();
  }

  private static ByteBuffer typed(
      TensorProto tensor, ElementType type, String name, ModelFile file) {
    long bytes = (long) type.bytes() * typedCount(tensor, type);
    if (bytes > Integer.MAX_VALUE) {
      throw refuse(name, file, "its values are longer than 2 GiB");
    }
    ByteBuffer values = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case F64 -> tensor.getDoubleDataList().forEach(values::putDouble);
      case F32 -> tensor.getFloatDataList().forEach(values::putFloat);
      case I64 -> tensor.getInt64DataList().forEach(values::putLong);
      case I32 -> tensor.getInt32DataList().forEach(values::putInt);
      case F16, BF16, I16 ->
          tensor.getInt32DataList().forEach(value -> values.putShort(value.shortValue()));
      case I8, U8, BOOL ->
          tensor.getInt32DataList().forEach(value -> values.put(value.byteValue()));
    }
    return values.flip().asReadOnlyBuffer();
  }

  private static int typedCount(TensorProto tensor, ElementType type) {
    return switch (type) {
      case F64 -> tensor.getDoubleDataCount();
      case F32 -> tensor.getFloatDataCount();
      case I64 -> tensor.getInt64DataCount();
      case I32, F16, BF16, I16, I8, U8, BOOL -> tensor.getInt32DataCount();
    };
  }

  private static InputException refuse(String name, ModelFile file, String reason) {
    return file.refuse("tensor '%s'".formatted(name), reason);
  }
}
