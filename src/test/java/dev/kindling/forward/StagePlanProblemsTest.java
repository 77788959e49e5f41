package dev.kindling.forward;

import static dev.kindling.forward.TestGraph.ints;
import static dev.kindling.forward.TestGraph.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Layer;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.PerChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class StagePlanProblemsTest {
  private static final Map<String, Shape> NO_DATA = Map.of();

  private static TestGraph dense() {
    return new TestGraph().input("x", 6).weight("w", 6, 3).layer("MatMul", "x w", "y", "w", "");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(TestGraph graph) {
    return assertRefused(graph, graph.sampleShapes());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      TestGraph graph, Map<String, Shape> sampleShapes) {
    return assertThatThrownBy(
            () -> StagePlan.of(graph.model(), graph.recipe(), graph.layers(), sampleShapes))
        .isInstanceOf(InputException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").doesNotEndWith("."));
  }

  private static void assertSkipped(TestGraph graph, String reason) {
    StagePlan plan = graph.plan();
    assertThat(plan.stages()).isEmpty();
    assertThat(plan.skipped())
        .containsExactly(new StagePlan.Skipped(graph.layers().get(0), reason, 0));
  }

  @Test
  void missingInput() {
    assertRefused(dense(), NO_DATA)
        .hasMessage("Cannot run test.onnx: its input 'x' has no data (expected [x], found [])");
  }

  @Test
  void extraInput() {
    assertRefused(dense(), Map.of("x", Shape.of(6), "mask", Shape.of(1)))
        .hasMessage(
            "Cannot feed data 'mask' to test.onnx: the model has no such input"
                + " (expected [x], found [mask, x])");
  }

  @Test
  void shapeThatDoesNotFit() {
    assertRefused(dense(), Map.of("x", Shape.of(7)))
        .hasMessage(
            "Cannot feed input 'x' of test.onnx: the shape of a sample does not fit the model"
                + " (expected [6], found [7])");
  }

  @Test
  void unknownDomain() {
    NodeProto foreign =
        TestGraph.nodeOf("Warp", "x", "h").toBuilder().setDomain("com.example").build();
    assertRefused(
            new TestGraph()
                .input("x", 6)
                .weight("w", 6, 3)
                .add(foreign)
                .layer("MatMul", "h w", "y", "w", ""))
        .hasMessage(
            "Cannot run test.onnx: ONNX Runtime refuses it at node 'node_h': Fatal error: com.example:Warp(-1) is not a registered function/op");
  }

  @Test
  void unknownOperator() {
    assertRefused(
            new TestGraph()
                .input("x", 6)
                .weight("w", 6, 3)
                .node("Warp", "x", "h")
                .layer("MatMul", "h w", "y", "w", ""))
        .hasMessageStartingWith("Cannot run test.onnx: ONNX Runtime refuses it: ")
        .hasMessageContaining("(\"node_h\", Warp, ")
        .hasMessageEndingWith("No Op registered for Warp with domain_version of 17");
  }

  @Test
  void shapesThatDoNotFitEachOther() {
    assertRefused(
            new TestGraph().input("x", 6).weight("w", 5, 3).layer("MatMul", "x w", "y", "w", ""))
        .hasMessageStartingWith("Cannot run test.onnx: ONNX Runtime refuses it: ")
        .hasMessageContaining("node_y");
  }

  @Test
  void randomNumbers() {
    assertRefused(
            new TestGraph()
                .input("x", 6)
                .weight("w", 6, 3)
                .node("RandomNormalLike", "x", "r")
                .node("Add", "x r", "h")
                .layer("MatMul", "h w", "y", "w", ""))
        .hasMessage(
            "Cannot run node 'node_r' of test.onnx: RandomNormalLike draws random numbers, which differ from run to run");
  }

  @Test
  void nodesOutOfOrder() {
    assertRefused(
            new TestGraph()
                .input("x", 6)
                .weight("w", 6, 3)
                .layer("MatMul", "h w", "y", "w", "")
                .node("Relu", "x", "h"))
        .hasMessage(
            "Cannot run node 'node_y' of test.onnx: its input 'h' is not a graph input, an initialiser"
                + " or the output of an earlier node");
  }

  @Test
  void outputOfAnotherType() {
    TestGraph graph =
        new TestGraph()
            .input("x", 6)
            .weight("w", 6, 3)
            .node("Cast", "x", "x64", number("to", 11))
            .node("Cast", "w", "w64", number("to", 11))
            .layer("MatMul", "x64 w64", "y", "w", "");
    assertRefused(graph)
        .hasMessage(
            "Cannot calibrate layer 'w' of test.onnx: its output has the wrong type (expected f32, found f64)");
  }

  @Test
  void sequenceAtACut() {
    TestGraph graph =
        new TestGraph()
            .input("x", 6)
            .weight("w", 6, 6)
            .weight("v", 6, 6)
            .constant("first", 0)
            .node("Relu", "x", "h")
            .node("SequenceConstruct", "h x", "pair")
            .node("ConcatFromSequence", "pair", "both", number("axis", 0))
            .layer("MatMul", "both w", "y", "w", "")
            .node("ConcatFromSequence", "pair", "again", number("axis", 0))
            .node("Add", "y again", "sum")
            .layer("MatMul", "sum v", "z", "v", "");
    assertRefused(graph)
        .hasMessage(
            "Cannot cut test.onnx at value 'pair': only tensors of numbers can pass from one layer to the next");
  }

  @Test
  void optionalAtACut() {
    TestGraph graph =
        new TestGraph()
            .input("x", 6)
            .weight("w", 6, 6)
            .weight("v", 6, 6)
            .node("Optional", "x", "maybe")
            .node("OptionalGetElement", "maybe", "h")
            .layer("MatMul", "h w", "y", "w", "")
            .node("OptionalGetElement", "maybe", "again")
            .node("Add", "y again", "sum")
            .layer("MatMul", "sum v", "z", "v", "");
    assertRefused(graph)
        .hasMessage(
            "Cannot cut test.onnx at value 'maybe': only tensors of numbers can pass from one layer to the next");
  }

  @Test
  void tensorOfTwoGibibytes() {
    assertRefused(
            new TestGraph()
                .input("x", 1 << 15)
                .weight("large", 1 << 15, 1 << 14)
                .weight("w", 1 << 14, 4)
                .node("MatMul", "x large", "h")
                .layer("MatMul", "h w", "y", "w", ""))
        .hasMessage(
            "Cannot feed tensor 'large' of shape [32768, 16384] to test.onnx: it is too large for ONNX Runtime"
                + " (expected less than 2 GiB)");
  }

  @Test
  void oldOperatorSet() {
    assertRefused(dense().opset(6))
        .hasMessage(
            "Cannot run test.onnx: its operator set is too old, export it again (expected 7 or later, found 6)");
  }

  @Test
  void layerThatIsNotInTheGraph() {
    TestGraph graph = dense();
    Layer layer = new Layer("l", "nowhere", "w", Optional.empty());
    assertThatThrownBy(
            () -> StagePlan.of(graph.model(), graph.recipe(), List.of(layer), graph.sampleShapes()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer 'l' is not a convolution or dense node of test.onnx (found node 'nowhere')");
  }

  @Test
  void nodesBehindTheLastLayerDoNotMatter() {
    assertThat(dense().node("Warp", "y", "t").plan().stages()).hasSize(1);
  }

  @Test
  void keptWeight() {
    assertSkipped(
        new TestGraph().input("x", 3).kept("w", 1, 2, 3).layer("MatMul", "x w", "y", "w", ""),
        "its weight 'w' is kept as the model has it");
  }

  @Test
  void layerWithoutData() {
    assertSkipped(
        new TestGraph().weight("w", 3, 3).layer("MatMul", "w w", "y", "w", ""),
        "its output does not depend on the data");
  }

  @Test
  void weightMixedWithData() {
    assertSkipped(
        new TestGraph()
            .input("x", 3)
            .weight("w", 3, 1)
            .node("Mul", "w x", "wx")
            .layer("MatMul", "x wx", "y", "w", ""),
        "its weight 'w' is mixed with data");
  }

  @Test
  void biasFromData() {
    assertSkipped(
        new TestGraph()
            .input("x", 2, 5)
            .tensor("w", Role.CONV, 4, 2, 1)
            .node("ReduceSum", "x", "s", number("keepdims", 1))
            .constant("shape", 1)
            .node("Reshape", "s shape", "r")
            .node("Tile", "r four", "b")
            .constant("four", 4)
            .layer("Conv", "x w b", "y", "w", ""),
        "its bias 'b' is computed from the data");
  }

  @Test
  void biasPerElement() {
    assertSkipped(
        new TestGraph()
            .input("x", 4, 6)
            .weight("w", 6, 3)
            .tensor("position", Role.ADDITIVE, 4, 3)
            .layer("MatMul", "x w", "y", "w", "position")
            .node("Add", "y position", "a"),
        "its bias 'position' of shape [4, 3] is not one value per channel");
  }

  @Test
  void dropoutWhoseMaskIsReadAndBatchNormalisationThatTrains() {
    TestGraph graph =
        new TestGraph()
            .input("x", 3, 4)
            .tensor("c", Role.CONV, 3, 3, 1)
            .tensor("scale", Role.NORM_SCALE, 3)
            .tensor("shift", Role.NORM_SHIFT, 3)
            .tensor("mean", Role.RUNNING_MEAN, 3)
            .tensor("var", Role.RUNNING_VARIANCE, 3)
            .node(
                "BatchNormalization",
                "x scale shift mean var",
                "n new_mean new_var",
                number("training_mode", 1))
            .node("Dropout", "n", "d mask")
            .node("Where", "mask d x", "h")
            .layer("Conv", "h c", "y", "c", "", ints("kernel_shape", 1));
    try (StageSession session =
        new StageSession(graph.plan().stages().get(0), graph.recipe(), new TestValues())) {
      assertThat(session.run(graph.data(), PerChannel.ONE).shape()).isEqualTo(Shape.of(6, 3, 4));
    }
  }

  @Test
  void fixedBatchInTheGraphIsFoundWhenItRuns() {
    TestGraph graph =
        new TestGraph()
            .input("x", 2, 3)
            .weight("w", 6, 3)
            .constant("one", 1, 6)
            .node("Reshape", "x one", "h")
            .layer("MatMul", "h w", "y", "w", "");
    try (StageSession session =
        new StageSession(graph.plan().stages().get(0), graph.recipe(), new TestValues())) {
      assertThatThrownBy(() -> session.run(graph.data(), PerChannel.ONE))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "Cannot run the graph up to layer 'w' on micro-batch 0: Non-zero status code returned while"
                  + " running Reshape node. Name:'node_h' Status Message: The input tensor cannot be"
                  + " reshaped to the requested shape. Input shape:{6,2,3}, requested shape:{1,6}");
    }
  }
}
