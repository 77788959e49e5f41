package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withPrecision;

import ai.onnxruntime.OnnxJavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.reader.OnnxRuntime.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Networks whose names, transpositions, merged parameters and gates the exporters have lost: the
 * graph that the reader makes, fed by name with the values of a PyTorch module's state_dict,
 * computes what PyTorch computes. {@code src/test/python/export_answers.py} wrote both.
 */
class AnswersTest {
  private static final float TOLERANCE = 2e-5f;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "recurrent-old",
        "recurrent-dynamo",
        "encoder-old",
        "encoder-dynamo",
        "norms-dynamo",
        "vit-old",
        "vit-dynamo",
        "llama-dynamo",
        "gpt2-dynamo",
        "bert-old",
        "bert-dynamo"
      })
  void graphComputesWhatPyTorchDoesFromTheSameStateDict(String name) throws Exception {
    Model model = ModelFiles.read("answers/" + name + ".onnx.gz");
    Map<String, Value> state =
        safetensors("answers/" + name.substring(0, name.indexOf('-')) + ".safetensors");
    Map<String, Value> fed = new HashMap<>();
    for (Tensor tensor : model.tensors()) {
      if (tensor.role() != Role.CONSTANT) {
        assertThat(state).containsKey(tensor.name());
        Value value = state.get(tensor.name());
        assertThat(tensor.shape()).as(tensor.name()).isEqualTo(Shape.of(value.shape()));
        assertThat(state.keySet()).containsAll(tensor.aliases());
        fed.put(tensor.name(), value);
      }
    }
    fed.put("input", state.get("__input__"));
    OnnxRuntime.Output found = OnnxRuntime.run(model.graph().orElseThrow().onnx(), fed);
    Value expected = state.get("__output__");
    float[] values = new float[expected.bytes().remaining() / Float.BYTES];
    expected.bytes().asFloatBuffer().get(values);
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.values()).containsExactly(values, withPrecision(TOLERANCE));
  }

  private static Map<String, Value> safetensors(String name) throws Exception {
    ByteBuffer file = ByteBuffer.wrap(ModelFiles.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) file.getLong()];
    file.get(header);
    ByteBuffer data = file.slice();
    Map<String, Value> values = new HashMap<>();
    JsonNode tensors = new ObjectMapper().readTree(new String(header, StandardCharsets.UTF_8));
    for (Map.Entry<String, JsonNode> entry : tensors.properties()) {
      JsonNode tensor = entry.getValue();
      if (tensor.has("dtype")) {
        values.put(entry.getKey(), value(tensor, data));
      }
    }
    return values;
  }

  private static Value value(JsonNode tensor, ByteBuffer data) {
    long[] shape = new long[tensor.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.get("shape").get(i).asLong();
    }
    int from = tensor.get("data_offsets").get(0).asInt();
    int to = tensor.get("data_offsets").get(1).asInt();
    ByteBuffer bytes = data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
    return tensor.get("dtype").asText().equals("I64")
        ? new Value(bytes, OnnxJavaType.INT64, shape)
        : new Value(bytes, OnnxJavaType.FLOAT, shape);
  }
}
