package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Runs a model's original graph in one piece, with its weights embedded as initialisers, and
 * returns tensors from inside it. The check on the staged path, with which it shares no step: it
 * writes no node, and knows nothing of layers or stages.
 */
public final class WholeGraph {
  private WholeGraph() {}

  /**
   * Returns tensors of a graph.
   *
   * @param model the graph as it was read
   * @param weights float32 values by name, in the shapes that the graph declares for them
   * @param data values of the other graph inputs
   * @param wanted tensors, inner ones too
   */
  public static Map<String, TensorValue> run(
      ModelProto model,
      Map<String, float[]> weights,
      Map<String, TensorValue> data,
      Set<String> wanted) {
    OrtEnvironment environment = OnnxRuntime.environment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OrtSession session =
        environment.createSession(embed(model, weights, wanted).toByteArray())) {
      for (Map.Entry<String, TensorValue> entry : data.entrySet()) {
        TensorValue value = entry.getValue();
        inputs.put(
            entry.getKey(),
            value.toOnnx(environment, ByteBuffer.allocateDirect(value.byteCount())));
      }
      try (OrtSession.Result result = session.run(inputs, wanted)) {
        Map<String, TensorValue> values = new HashMap<>();
        for (String name : wanted) {
          values.put(name, TensorValue.copyOf((OnnxTensor) result.get(name).orElseThrow(), name));
        }
        return values;
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** Returns the first output of a model in a file, whose only input is the data. */
  public static TensorValue runFile(Path model, TensorValue data) {
    OrtEnvironment environment = OnnxRuntime.environment();
    ByteBuffer buffer = ByteBuffer.allocateDirect(data.byteCount());
    try (OrtSession session = environment.createSession(model.toString());
        OnnxTensor input = data.toOnnx(environment, buffer);
        OrtSession.Result result =
            session.run(Map.of(session.getInputNames().iterator().next(), input))) {
      return TensorValue.copyOf((OnnxTensor) result.get(0), "output");
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ModelProto embed(
      ModelProto model, Map<String, float[]> weights, Set<String> wanted) {
    GraphProto original = model.getGraph();
    GraphProto.Builder graph = original.toBuilder().clearInput().clearInitializer().clearOutput();
    for (ValueInfoProto input : original.getInputList()) {
      if (weights.containsKey(input.getName())) {
        graph.addInitializer(initialiser(input, weights.get(input.getName())));
      } else {
        graph.addInput(input);
      }
    }
    original.getInitializerList().stream()
        .filter(kept -> !weights.containsKey(kept.getName()))
        .forEach(graph::addInitializer);
    wanted.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    return model.toBuilder().setGraph(graph).build();
  }

  private static TensorProto initialiser(ValueInfoProto input, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(input.getName())
            .setDataType(DataType.FLOAT.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    input
        .getType()
        .getTensorType()
        .getShape()
        .getDimList()
        .forEach(dim -> tensor.addDims(dim.getDimValue()));
    return tensor.build();
  }
}
