package dev.kindling.checkpoint.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.kindling.checkpoint.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An ONNX model with all its weights. They are written as they are read, behind the other fields of
 * the graph: a message's fields may come in any order, and all lengths are known beforehand.
 *
 * @param name name of the file
 * @param content the graph and its weights
 */
record OnnxFile(String name, OnnxWeights content) {
  /** Returns the bytes of the file. */
  long length() {
    return head().getSerializedSize() + sizeOfField(ModelProto.GRAPH_FIELD_NUMBER, graphBytes());
  }

  private ModelProto head() {
    return content.graph().toBuilder().clearGraph().build();
  }

  /**
   * Writes the file. Memory: the graph and a page of the source.
   *
   * @throws dev.kindling.base.VerificationException if the checkpoint is damaged
   * @throws dev.kindling.base.ResourceException if the file system failed
   */
  void write(ExportSource source, FileSystem fs, Path folder) {
    WholeFile.write(fs, new Path(folder, name), out -> write(source, out));
  }

  private void write(ExportSource source, OutputStream out) throws IOException {
    head().writeTo(out);
    begin(out, ModelProto.GRAPH_FIELD_NUMBER, graphBytes());
    content.graph().getGraph().writeTo(out);
    for (StoredTensor tensor : content.weights()) {
      begin(out, GraphProto.INITIALIZER_FIELD_NUMBER, tensorBytes(tensor));
      OnnxTensors.outline(tensor).build().writeTo(out);
      begin(out, TensorProto.RAW_DATA_FIELD_NUMBER, tensor.bytes());
      source.write(tensor, out);
    }
  }

  private long graphBytes() {
    return content.graph().getGraph().getSerializedSize()
        + content.weights().stream()
            .mapToLong(
                tensor -> sizeOfField(GraphProto.INITIALIZER_FIELD_NUMBER, tensorBytes(tensor)))
            .sum();
  }

  private static long tensorBytes(StoredTensor tensor) {
    return OnnxTensors.outline(tensor).build().getSerializedSize()
        + sizeOfField(TensorProto.RAW_DATA_FIELD_NUMBER, tensor.bytes());
  }

  private static long sizeOfField(int field, long length) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt64SizeNoTag(length)
        + length;
  }

  private static void begin(OutputStream out, int field, long length) throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out, 16);
    coded.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    coded.writeUInt64NoTag(length);
    coded.flush();
  }
}
