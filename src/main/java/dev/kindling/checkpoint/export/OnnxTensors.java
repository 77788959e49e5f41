package dev.kindling.checkpoint.export;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.reader.graph.OnnxTypes;

/** Tensors as ONNX describes them. Source: onnx.proto3 and ONNX, "External Data". */
final class OnnxTensors {
  private OnnxTensors() {}

  /** Returns a tensor's name, type and extents; its values are still to come. */
  static TensorProto.Builder outline(StoredTensor tensor) {
    return TensorProto.newBuilder()
        .addAllDims(tensor.entry().shape().dims())
        .setDataType(OnnxTypes.dataType(tensor.type()))
        .setName(tensor.name());
  }

  /** Returns a tensor whose values are in another file of the same folder. */
  static TensorProto elsewhere(StoredTensor tensor, String file, long offset) {
    return outline(tensor)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(pair("location", file))
        .addExternalData(pair("offset", String.valueOf(offset)))
        .addExternalData(pair("length", String.valueOf(tensor.bytes())))
        .build();
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
