package dev.kindling.forward;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import dev.kindling.model.ElementType;
import java.util.Arrays;
import java.util.Optional;

/** Element types in the words of ONNX Runtime. */
final class RuntimeTypes {
  private RuntimeTypes() {}

  static OnnxJavaType of(ElementType type) {
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

  /**
   * The Java API calls unsigned integers signed ones of the same width, so the exact type decides.
   */
  static Optional<ElementType> elementType(OnnxTensorType exact) {
    return Arrays.stream(ElementType.values())
        .filter(type -> OnnxTensorType.mapFromJavaType(of(type)) == exact)
        .findFirst();
  }
}
