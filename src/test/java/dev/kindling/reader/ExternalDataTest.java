package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.reader.file.ModelFolder;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExternalDataTest {
  private static Model read(GraphBuilder graph, byte[] data) {
    byte[] model = graph.proto().toByteArray();
    return ModelReader.read(
        path -> {
          byte[] bytes = path.equals("dir/m.onnx") ? model : data;
          if (bytes == null || (bytes == data && !path.equals("dir/m.onnx.data"))) {
            throw new FileNotFoundException(path);
          }
          return new ModelFolder.Opened(
              new ByteArrayInputStream(bytes), OptionalLong.of(bytes.length));
        },
        "dir/m.onnx");
  }

  private static TensorProto.Builder external(
      String name, String location, long offset, long... dims) {
    return GraphBuilder.zeros(name, dims)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location))
        .addExternalData(
            StringStringEntryProto.newBuilder().setKey("offset").setValue(String.valueOf(offset)));
  }

  private static GraphBuilder graph(TensorProto.Builder constant) {
    return new GraphBuilder()
        .input("x", -1, 4)
        .initialiser(external("w", "m.onnx.data", 0, 4, 2))
        .initialiser(constant)
        .node("MatMul", "x w", "m")
        .node("Mul", "m table", "y")
        .output("y");
  }

  @Test
  void constantsMoveIntoTheGraphAndWeightsNeedNoValues() {
    ByteBuffer data = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(32, 2.5f).putFloat(36, -1);
    Model model = read(graph(external("table", "m.onnx.data", 32, 2)), data.array());
    assertThat(model.tensors().get(0).values()).isEmpty();
    assertThat(model.tensors().get(1).values()).isPresent();
    TensorProto kept = model.graph().orElseThrow().onnx().getGraph().getInitializer(0);
    assertThat(kept.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat(0))
        .isEqualTo(2.5f);
  }

  @Test
  void theFileNeedNotBeThere() {
    Model model = read(graph(external("table", "m.onnx.data", 32, 2)), null);
    assertThat(model.tensors()).allSatisfy(tensor -> assertThat(tensor.values()).isEmpty());
    assertThat(model.absent()).containsExactly(java.util.Map.entry("table", "dir/m.onnx.data"));
  }

  @Test
  void badPlacesAreOneLine() {
    assertRefused(
        external("table", "../m.onnx.data", 0, 2),
        "Cannot read tensor 'table' in dir/m.onnx: its values are outside the model's folder (found '../m.onnx.data')");
    assertRefused(
        external("table", "/etc/passwd", 0, 2),
        "Cannot read tensor 'table' in dir/m.onnx: its values are outside the model's folder (found '/etc/passwd')");
    assertRefused(
        external("table", "m.onnx.data", 36, 2),
        "Cannot read tensor 'table' in dir/m.onnx: its values in dir/m.onnx.data are cut off (expected 8 bytes at 36, found 4)");
  }

  private static void assertRefused(TensorProto.Builder constant, String message) {
    assertThatThrownBy(() -> read(graph(constant), new byte[40]))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void weightsOfBodiesAreFoundAndNoLayers() {
    NodeProto inner =
        NodeProto.newBuilder().setOpType("Gemm").addInput("x").addInput("w").addOutput("r").build();
    GraphProto body =
        GraphProto.newBuilder()
            .addInitializer(
                GraphBuilder.zeros("w", 4, 2).addAllFloatData(java.util.Collections.nCopies(8, 1f)))
            .addNode(inner)
            .addOutput(ValueInfoProto.newBuilder().setName("r"))
            .build();
    AttributeProto branch =
        AttributeProto.newBuilder()
            .setName("then_branch")
            .setType(AttributeProto.AttributeType.GRAPH)
            .setG(body)
            .build();
    Model model =
        new GraphBuilder()
            .input("x", -1, 4)
            .input("c")
            .node("If", "c", "y", branch)
            .output("y")
            .read();
    assertThat(ModelFiles.table(model)).isEqualTo("w [4, 2] dense IN_OUT 4/2 NONE\n");
    assertThat(model.graph().orElseThrow().layers()).isEmpty();
    assertThat(model.notes())
        .containsExactly(
            "initialised but not calibrated, since the body of an If, Loop or Scan reads them: w");
    assertThat(model.graph().orElseThrow().onnx().getGraph().getInputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("x", "c", "w");
  }

  @Test
  void shapesCompleteWhatTheExporterDropped() {
    Model graph = ModelFiles.read("zoo/resnet50-dynamo.onnx.gz");
    Model shapes = ModelFiles.read("zoo/resnet50.shapes.json.gz");
    Model whole = ModelCompletion.complete(graph, shapes);
    assertThat(whole.tensors().stream().map(t -> t.name()))
        .containsAll(shapes.tensors().stream().map(t -> t.name()).toList());
    assertThat(ModelFiles.table(whole))
        .contains("layer1.0.bn2.running_var [64] running-variance\n");
    assertThat(whole.notes())
        .anySatisfy(note -> assertThat(note).contains("265 tensors are in").contains("bn1.weight"));
    Model other = ModelFiles.read("zoo/bert.shapes.json.gz");
    assertThatThrownBy(() -> ModelCompletion.complete(graph, other))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no tensor in common");
  }
}
