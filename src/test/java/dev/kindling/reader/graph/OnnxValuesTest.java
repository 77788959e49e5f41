package dev.kindling.reader.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import dev.kindling.base.InputException;
import dev.kindling.reader.GraphBuilder;
import dev.kindling.reader.file.ModelFile;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every encoding of the ONNX specification (onnx.proto, TensorProto) gives the same little-endian
 * bytes.
 */
class OnnxValuesTest {
  private static TensorProto.Builder two(int type) {
    return TensorProto.newBuilder().setName("t").setDataType(type).addDims(2);
  }

  private static String hex(TensorProto.Builder tensor) {
    ByteBuffer values =
        OnnxValues.values(tensor.build(), "t", new ModelFile("m.onnx")).orElseThrow();
    byte[] bytes = new byte[values.remaining()];
    values.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void typedFieldsAreLittleEndian() {
    assertThat(hex(two(DataType.FLOAT_VALUE).addAllFloatData(List.of(1f, -2f))))
        .isEqualTo("0000803f000000c0");
    assertThat(hex(two(DataType.DOUBLE_VALUE).addAllDoubleData(List.of(1d, -2d))))
        .isEqualTo("000000000000f03f00000000000000c0");
    assertThat(hex(two(DataType.INT64_VALUE).addAllInt64Data(List.of(1L, -2L))))
        .isEqualTo("0100000000000000feffffffffffffff");
    assertThat(hex(two(DataType.INT32_VALUE).addAllInt32Data(List.of(1, -2))))
        .isEqualTo("01000000feffffff");
    assertThat(hex(two(DataType.INT16_VALUE).addAllInt32Data(List.of(1, -2))))
        .isEqualTo("0100feff");
    assertThat(hex(two(DataType.FLOAT16_VALUE).addAllInt32Data(List.of(0x3c00, 0xc000))))
        .isEqualTo("003c00c0");
    assertThat(hex(two(DataType.BFLOAT16_VALUE).addAllInt32Data(List.of(0x3f80, 0xc000))))
        .isEqualTo("803f00c0");
    assertThat(hex(two(DataType.INT8_VALUE).addAllInt32Data(List.of(1, -2)))).isEqualTo("01fe");
    assertThat(hex(two(DataType.UINT8_VALUE).addAllInt32Data(List.of(1, 254)))).isEqualTo("01fe");
    assertThat(hex(two(DataType.BOOL_VALUE).addAllInt32Data(List.of(1, 0)))).isEqualTo("0100");
  }

  @Test
  void rawDataIsTakenAsItIs() {
    assertThat(
            hex(
                two(DataType.FLOAT16_VALUE)
                    .setRawData(ByteString.copyFrom(new byte[] {0, 0x3c, 0, (byte) 0xc0}))))
        .isEqualTo("003c00c0");
  }

  @Test
  void missingTensorsAndValuesAreRefused() {
    ModelProto model =
        new GraphBuilder()
            .initialiser(
                GraphBuilder.zeros("far", 2).setDataLocation(TensorProto.DataLocation.EXTERNAL))
            .proto();
    assertThatThrownBy(() -> OnnxValues.values(model, "none", "m.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read tensor 'none' in m.onnx: the graph has no such tensor");
    assertThatThrownBy(() -> OnnxValues.values(model, "far", "m.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read tensor 'far' in m.onnx: its values are in another file (external data)");
  }

  @Test
  void copiesAreFollowedButNotInCircles() {
    ModelProto model =
        new GraphBuilder()
            .weight("w", 2)
            .node("Identity", "w", "copy")
            .node("Identity", "b", "a")
            .node("Identity", "a", "b")
            .proto();
    assertThat(OnnxValues.values(model, "copy", "m.onnx").remaining()).isEqualTo(8);
    assertThatThrownBy(() -> OnnxValues.values(model, "a", "m.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read tensor 'a' in m.onnx: the graph has no such tensor");
  }
}
