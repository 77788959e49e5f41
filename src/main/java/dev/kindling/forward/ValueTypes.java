package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.ByteString;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import dev.kindling.reader.graph.OnnxTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Types of values as ONNX writes them; ONNX Runtime's Java API infers none, but a session knows
 * those of its outputs.
 */
final class ValueTypes {
  private ValueTypes() {}

  /**
   * Returns the types of a model's outputs; one that is not a tensor of a supported type gets an
   * empty type.
   */
  static Map<String, TypeProto> ofOutputs(ByteString model) throws OrtException {
    try (OrtSession session = OnnxRuntime.openUnoptimised(model)) {
      Map<String, TypeProto> types = new HashMap<>();
      for (NodeInfo output : session.getOutputInfo().values()) {
        types.put(output.getName(), type(output));
      }
      return types;
    }
  }

  /**
   * Returns the element type of a tensor type, or nothing for other kinds of values and other
   * elements.
   */
  static Optional<ElementType> elementType(TypeProto type) {
    return type.hasTensorType()
        ? OnnxTypes.elementType(type.getTensorType().getElemType())
        : Optional.empty();
  }

  /** Returns the extents of a tensor type if all are known. */
  static Optional<List<Long>> dims(TypeProto type) {
    TensorShapeProto shape = type.getTensorType().getShape();
    boolean known =
        shape.getDimCount() > 0 && shape.getDimList().stream().allMatch(dim -> dim.hasDimValue());
    return known
        ? Optional.of(shape.getDimList().stream().map(dim -> dim.getDimValue()).toList())
        : Optional.empty();
  }

  static ValueInfoProto value(String name, TypeProto type) {
    return ValueInfoProto.newBuilder().setName(name).setType(type).build();
  }

  /** Returns the type of a tensor whose shape is known when it comes. */
  static TypeProto ofAnyShape(ElementType type) {
    return tensor(type).build();
  }

  static TypeProto tensor(ElementType type, TensorShapeProto shape) {
    return tensor(type).setTensorType(tensor(type).getTensorTypeBuilder().setShape(shape)).build();
  }

  static TypeProto tensor(ElementType type, Shape shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    shape.dims().forEach(dim -> dims.addDimBuilder().setDimValue(dim));
    return tensor(type, dims.build());
  }

  private static TypeProto type(NodeInfo output) {
    if (!(output.getInfo() instanceof TensorInfo info)) {
      return TypeProto.getDefaultInstance();
    }
    return RuntimeTypes.elementType(info.onnxType)
        .map(type -> type(type, info))
        .orElse(TypeProto.getDefaultInstance());
  }

  /** The Java API does not tell a scalar from an unknown rank, so that shape is left out. */
  private static TypeProto type(ElementType type, TensorInfo info) {
    long[] dims = info.getShape();
    if (dims.length == 0) {
      return tensor(type).build();
    }
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int axis = 0; axis < dims.length; axis++) {
      addDim(shape, dims[axis], info.getDimensionNames()[axis]);
    }
    return tensor(type, shape.build());
  }

  private static void addDim(TensorShapeProto.Builder shape, long dim, String name) {
    TensorShapeProto.Dimension.Builder added = shape.addDimBuilder();
    if (dim >= 0) {
      added.setDimValue(dim);
    } else if (!name.isEmpty()) {
      added.setDimParam(name);
    }
  }

  private static TypeProto.Builder tensor(ElementType type) {
    TypeProto.Builder proto = TypeProto.newBuilder();
    proto.getTensorTypeBuilder().setElemType(OnnxTypes.dataType(type));
    return proto;
  }
}
