package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.kindling.model.ElementType;
import java.util.Optional;

/** Element types as ONNX numbers them. */
public final class OnnxTypes {
  private OnnxTypes() {}

  /** Returns the element type of an ONNX data type, or nothing where we have none. */
  public static Optional<ElementType> elementType(int dataType) {
    return switch (dataType) {
      case DataType.DOUBLE_VALUE -> Optional.of(ElementType.F64);
      case DataType.FLOAT_VALUE -> Optional.of(ElementType.F32);
      case DataType.FLOAT16_VALUE -> Optional.of(ElementType.F16);
      case DataType.BFLOAT16_VALUE -> Optional.of(ElementType.BF16);
      case DataType.INT64_VALUE -> Optional.of(ElementType.I64);
      case DataType.INT32_VALUE -> Optional.of(ElementType.I32);
      case DataType.INT16_VALUE -> Optional.of(ElementType.I16);
      case DataType.INT8_VALUE -> Optional.of(ElementType.I8);
      case DataType.UINT8_VALUE -> Optional.of(ElementType.U8);
      case DataType.BOOL_VALUE -> Optional.of(ElementType.BOOL);
      default -> Optional.empty();
    };
  }

  /** Returns ONNX's number for an element type. */
  public static int dataType(ElementType type) {
    return switch (type) {
      case F64 -> DataType.DOUBLE_VALUE;
      case F32 -> DataType.FLOAT_VALUE;
      case F16 -> DataType.FLOAT16_VALUE;
      case BF16 -> DataType.BFLOAT16_VALUE;
      case I64 -> DataType.INT64_VALUE;
      case I32 -> DataType.INT32_VALUE;
      case I16 -> DataType.INT16_VALUE;
      case I8 -> DataType.INT8_VALUE;
      case U8 -> DataType.UINT8_VALUE;
      case BOOL -> DataType.BOOL_VALUE;
    };
  }

  /** Returns how messages call an ONNX data type. */
  public static String describe(int dataType) {
    DataType known = DataType.forNumber(dataType);
    return known == null ? "number " + dataType : known.name();
  }
}
