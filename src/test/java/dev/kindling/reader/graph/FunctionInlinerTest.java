package dev.kindling.reader.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.reader.GraphBuilder;
import dev.kindling.reader.ModelReader;
import dev.kindling.reader.OnnxRuntime;
import dev.kindling.reader.OnnxRuntime.Value;
import dev.kindling.reader.file.ModelFile;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** ONNX Runtime runs a model with functions of its own and the same without them. */
class FunctionInlinerTest {
  private static final String DOMAIN = "own";

  private static NodeProto.Builder node(String operator, String inputs, String output) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(java.util.List.of(inputs.split(" ")))
        .addOutput(output);
  }

  private static FunctionProto.Builder function(String name, String inputs, String output) {
    return FunctionProto.newBuilder()
        .setDomain(DOMAIN)
        .setName(name)
        .addAllInput(java.util.List.of(inputs.split(" ")))
        .addOutput(output)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1));
  }

  private static AttributeProto.Builder slope() {
    return AttributeProto.newBuilder().setName("slope").setType(AttributeProto.AttributeType.FLOAT);
  }

  /** A layer whose activation takes its slope from the call, which is within another function. */
  private static ModelProto model() {
    AttributeProto.Builder alpha =
        AttributeProto.newBuilder()
            .setName("alpha")
            .setType(AttributeProto.AttributeType.FLOAT)
            .setRefAttrName("slope");
    FunctionProto.Builder act =
        function("Act", "x", "y")
            .addAttribute("slope")
            .addNode(node("LeakyRelu", "x", "y").addAttribute(alpha));
    FunctionProto.Builder layer =
        function("Layer", "x w b", "y")
            .addNode(node("MatMul", "x w", "m"))
            .addNode(node("Add", "m b", "s"))
            .addNode(node("Act", "s", "y").setDomain(DOMAIN).addAttribute(slope().setF(0.2f)));
    GraphBuilder graph =
        new GraphBuilder()
            .input("x", 2, 4)
            .input("fc1.weight", 4, 4)
            .input("fc1.bias", 4)
            .input("fc2.weight", 4, 4)
            .input("fc2.bias", 4)
            .node(node("Layer", "x fc1.weight fc1.bias", "h").setDomain(DOMAIN).build())
            .node(node("Layer", "h fc2.weight fc2.bias", "y").setDomain(DOMAIN).build())
            .output("y");
    return graph.proto().toBuilder()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1))
        .addFunctions(layer)
        .addFunctions(act)
        .build();
  }

  private static Map<String, Value> inputs() {
    return Map.of(
        "x", Value.floats(8, 2, 4),
        "fc1.weight", Value.floats(16, 4, 4),
        "fc1.bias", Value.floats(4, 4),
        "fc2.weight", Value.floats(16, 4, 4),
        "fc2.bias", Value.floats(4, 4));
  }

  @Test
  void theGraphWithoutFunctionsComputesTheSame() throws Exception {
    ModelProto flat = FunctionInliner.inlined(model(), new ModelFile("m.onnx"));
    assertThat(flat.getFunctionsCount()).isZero();
    float[] expected = OnnxRuntime.run(model(), inputs()).values();
    float[] found = OnnxRuntime.run(flat, inputs()).values();
    assertThat(expected).hasSize(8);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-6f));
    }
  }

  @Test
  void weightsThatFunctionsReadAreFound() {
    Model model = ModelReader.read(model().toByteArray(), "m.onnx");
    assertThat(model.tensors()).filteredOn(t -> t.role() == Role.DENSE).hasSize(2);
    assertThat(model.tensors()).filteredOn(t -> t.role() == Role.BIAS).hasSize(2);
    assertThat(model.tensors().get(0).activation().slope()).isEqualTo(0.2);
    assertThat(model.graph().orElseThrow().layers()).hasSize(2);
    assertThat(model.notes()).isEmpty();
  }

  @Test
  void aFunctionThatCallsItselfIsRefused() {
    ModelProto circle =
        model().toBuilder()
            .setFunctions(
                1, function("Act", "x", "y").addNode(node("Act", "x", "y").setDomain(DOMAIN)))
            .build();
    assertThatThrownBy(() -> ModelReader.read(circle.toByteArray(), "m.onnx"))
        .hasMessageContaining("its function calls itself, directly or not");
  }

  /** Ten calls of a function that calls ten times, and so on, would be 10^12 nodes. */
  @Test
  void functionsThatStandForTooManyNodesAreRefused() {
    ModelProto.Builder bomb = model().toBuilder();
    FunctionProto.Builder last = function("F0", "x", "y").addNode(node("Relu", "x", "y"));
    bomb.addFunctions(last);
    for (int level = 1; level <= 12; level++) {
      FunctionProto.Builder calls = function("F" + level, "x", "y");
      for (int i = 0; i < 10; i++) {
        String input = i == 0 ? "x" : "y" + i;
        String output = i == 9 ? "y" : "y" + (i + 1);
        calls.addNode(node("F" + (level - 1), input, output).setDomain(DOMAIN));
      }
      bomb.addFunctions(calls);
    }
    bomb.getGraphBuilder().addNode(node("F12", "x", "z").setDomain(DOMAIN));
    assertThatThrownBy(() -> ModelReader.read(bomb.build().toByteArray(), "m.onnx"))
        .hasMessage(
            "Cannot read model 'm.onnx': its functions stand for too many nodes (expected at most 262144)");
  }
}
