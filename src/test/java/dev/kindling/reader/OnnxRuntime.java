package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.kindling.model.Model;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.graph.OnnxValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs models with ONNX Runtime, which shares nothing with the reader. */
public final class OnnxRuntime {
  private OnnxRuntime() {}

  /** A tensor's little-endian values with what else ONNX Runtime wants to know. */
  public record Value(ByteBuffer bytes, OnnxJavaType type, long[] shape) {
    public static Value of(TensorProto tensor) {
      return new Value(
          OnnxValues.values(tensor, tensor.getName(), new ModelFile("test")).orElseThrow(),
          type(tensor.getDataType()),
          tensor.getDimsList().stream().mapToLong(Long::longValue).toArray());
    }

    public static Value floats(int count, long... shape) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        bytes.putFloat((float) Math.sin(i + 1));
      }
      return new Value(bytes.flip(), OnnxJavaType.FLOAT, shape);
    }

    public static Value longs(int count, int below, long... shape) {
      ByteBuffer bytes = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        bytes.putLong((7 * i + 3) % below);
      }
      return new Value(bytes.flip(), OnnxJavaType.INT64, shape);
    }

    private static OnnxJavaType type(int dataType) {
      return switch (dataType) {
        case TensorProto.DataType.FLOAT_VALUE -> OnnxJavaType.FLOAT;
        case TensorProto.DataType.INT64_VALUE -> OnnxJavaType.INT64;
        default -> throw new IllegalArgumentException("data type " + dataType);
      };
    }
  }

  /** Returns the first output as floats, and its shape. */
  public static Output run(ModelProto model, Map<String, Value> inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = session(environment, model, options)) {
      for (Map.Entry<String, Value> input : inputs.entrySet()) {
        tensors.put(input.getKey(), tensor(environment, input.getValue()));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        OnnxTensor output = (OnnxTensor) result.get(0);
        float[] values = new float[output.getFloatBuffer().remaining()];
        output.getFloatBuffer().get(values);
        return new Output(values, output.getInfo().getShape());
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  /** Returns the shape that ONNX Runtime infers for the first output, -1 for the batch: -1x10. */
  public static String outputShape(ModelProto model) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = session(environment, model, options)) {
      TensorInfo info = (TensorInfo) session.getOutputInfo().values().iterator().next().getInfo();
      return Arrays.stream(info.getShape())
          .mapToObj(String::valueOf)
          .collect(Collectors.joining("x"));
    }
  }

  /** Remarks on old operator sets are not what the tests are about. */
  private static OrtSession session(
      OrtEnvironment environment, ModelProto model, OrtSession.SessionOptions options)
      throws OrtException {
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    return environment.createSession(model.toByteArray(), options);
  }

  /** What a model puts out. */
  public record Output(float[] values, long[] shape) {}

  /**
   * Returns the values that the original file has for every input that the reader made of a weight.
   */
  public static Map<String, Value> weights(ModelProto original, Model model) {
    Map<String, Value> weights = new HashMap<>();
    GraphProto graph = model.graph().orElseThrow().onnx().getGraph();
    List<String> data = dataInputs(model);
    for (ValueInfoProto input : graph.getInputList()) {
      if (!data.contains(input.getName())) {
        weights.put(
            input.getName(),
            new Value(
                OnnxValues.values(original, input.getName(), model.name()),
                Value.type(input.getType().getTensorType().getElemType()),
                input.getType().getTensorType().getShape().getDimList().stream()
                    .mapToLong(dim -> dim.getDimValue())
                    .toArray()));
      }
    }
    return weights;
  }

  /** Returns the names of the inputs that are no tensors of the model. */
  public static List<String> dataInputs(Model model) {
    List<String> tensors = model.tensors().stream().map(tensor -> tensor.name()).toList();
    return model.graph().orElseThrow().onnx().getGraph().getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !tensors.contains(name))
        .toList();
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Value value) throws OrtException {
    ByteBuffer direct =
        ByteBuffer.allocateDirect(value.bytes().remaining())
            .order(ByteOrder.nativeOrder())
            .put(value.bytes().duplicate());
    return OnnxTensor.createTensor(environment, direct.flip(), value.shape(), value.type());
  }
}
