package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import dev.kindling.model.ElementType;
import java.util.Arrays;
import java.util.Optional;

/** Element types in the words of ONNX files and of ONNX Runtime. */
final class OnnxTypes {
  private OnnxTypes() {}

  static OnnxJavaType runtimeType(ElementType type) {
    return switch (type) {
      case F64 -> OnnxJavaType.DOUBLE;
      case F32 -> OnnxJavaType.FLOAT;
      case F16 -> OnnxJavaType.FLOAT16;
      case BF16 -> OnnxJavaType.BFLOAT16;
      case I64 -> OnnxJavaType.INT64;
      case I32 -> OnnxJavaType.INT32;
      case I16 -> OnnxJavaType.INT16;
      case I8 -> OnnxJavaType.INT8;
      case U8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
    };
  }

  static DataType fileType(ElementType type) {
    return switch (type) {
      case F64 -> DataType.DOUBLE;
      case F32 -> DataType.FLOAT;
      case F16 -> DataType.FLOAT16;
      case BF16 -> DataType.BFLOAT16;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I16 -> DataType.INT16;
      case I8 -> DataType.INT8;
      case U8 -> DataType.UINT8;
      case BOOL -> DataType.BOOL;
    };
  }

  /**
   * Returns the element type of a tensor type, or nothing for other kinds of values and other
   * elements.
   */
  static Optional<ElementType> elementType(TypeProto type) {
    return type.hasTensorType() ? ofNumber(type.getTensorType().getElemType()) : Optional.empty();
  }

  /**
   * The Java API calls unsigned integers signed ones of the same width, so the exact type decides.
   */
  static Optional<ElementType> elementType(OnnxTensorType exact) {
    return Arrays.stream(ElementType.values())
        .filter(type -> OnnxTensorType.mapFromJavaType(runtimeType(type)) == exact)
        .findFirst();
  }

  private static Optional<ElementType> ofNumber(int number) {
    return Arrays.stream(ElementType.values())
        .filter(type -> fileType(type).getNumber() == number)
        .findFirst();
  }
}
