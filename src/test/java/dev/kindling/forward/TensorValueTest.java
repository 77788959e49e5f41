package dev.kindling.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorValueTest {
  private static final Shape SHAPE = Shape.of(2, 3);

  private static TensorValue sample(ElementType type) {
    byte[] bytes = new byte[6 * type.bytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (type == ElementType.BOOL ? i % 2 : 3 * i + 1);
    }
    return TensorValue.of(type, SHAPE, ByteBuffer.wrap(bytes));
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void survivesOnnxRuntime(ElementType type) throws OrtException {
    TensorValue value = sample(type);
    try (OnnxTensor tensor =
        value.toOnnx(OnnxRuntime.environment(), ByteBuffer.allocateDirect(value.byteCount() + 8))) {
      assertThat(TensorValue.copyOf(tensor, "t")).isEqualTo(value);
    }
  }

  @Test
  void batchesAndStagesSurviveJavaSerialisation() throws IOException, ClassNotFoundException {
    MicroBatch batch = MicroBatch.of(7, Map.of("a", sample(ElementType.F16)));
    assertThat(copy(batch)).isEqualTo(batch).hasSameHashCodeAs(batch);
    for (Stage stage : StagedForwardTest.chain().plan().stages()) {
      assertThat(copy(stage)).isEqualTo(stage);
    }
  }

  @Test
  void equalByTypeShapeAndContent() {
    TensorValue value = TensorValue.ofFloats(SHAPE, new float[] {1, 2, 3, 4, 5, 6});
    assertThat(value)
        .isEqualTo(TensorValue.of(ElementType.F32, SHAPE, value.bytes()))
        .isNotEqualTo(TensorValue.of(ElementType.F32, Shape.of(3, 2), value.bytes()))
        .isNotEqualTo(TensorValue.of(ElementType.I32, SHAPE, value.bytes()))
        .isNotEqualTo(TensorValue.ofFloats(SHAPE, new float[] {1, 2, 3, 4, 5, 7}))
        .hasToString("f32[2, 3]");
    assertThat(value.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(value.bytes().getFloat(4)).isEqualTo(2);
  }

  @Test
  void wrongNumberOfBytes() {
    assertThatThrownBy(() -> TensorValue.ofFloats(SHAPE, new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("f32 of shape [2, 3] does not have 20 bytes");
  }

  @Test
  void missingTensor() {
    assertThatThrownBy(() -> MicroBatch.of(2, Map.of()).tensor("x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("micro-batch 2 has no tensor 'x' (found [])");
  }

  private static Object copy(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream target = new ObjectOutputStream(bytes)) {
      target.writeObject(value);
    }
    try (ObjectInputStream source =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return source.readObject();
    }
  }
}
