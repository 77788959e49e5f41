package dev.kindling.forward;

import static dev.kindling.forward.TestGraph.ints;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Role;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationFinderTest {
  private static final TestValues VALUES = new TestValues();

  /**
   * A graph.
   *
   * @param operator what makes its activation curved
   * @param output name of the activation
   */
  record Case(String name, TestGraph graph, String operator, String output) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> graphs() {
    return Stream.of(
        new Case("one node", dense().node("Relu", "h", "r"), "Relu", "r"),
        new Case(
            "clip behind ReLU", dense().node("Relu", "h", "r").node("Neg", "r", "n"), "Relu", "r"),
        new Case("GELU in nodes", gelu(), "Erf", "g"),
        new Case(
            "SiLU in nodes",
            dense().node("Sigmoid", "h", "s").node("Mul", "h s", "y"),
            "Sigmoid",
            "y"),
        new Case(
            "a learned factor behind it",
            dense()
                .node("Relu", "h", "r")
                .tensor("gamma", Role.RESIDUAL_SCALE, 5)
                .node("Mul", "r gamma", "y"),
            "Relu",
            "r"),
        new Case("normalisation between", normalised(), "LeakyRelu", "r"),
        new Case(
            "past a residual block",
            dense()
                .node("Relu", "h", "r")
                .weight("v", 5, 5)
                .node("MatMul", "r v", "b")
                .node("Add", "h b", "y"),
            "Relu",
            "r"));
  }

  /** Under a scale of 1.5 the activation is what the whole graph makes of it. */
  @ParameterizedTest
  @MethodSource("graphs")
  void findsAndRunsIt(Case tested) {
    Stage stage = plan(tested.graph()).stages().get(0);
    assertThat(stage.activation().orElseThrow().operator()).isEqualTo(tested.operator());
    assertThat(stage.liveOut()).contains(stage.z());

    Recipe recipe = tested.graph().recipe();
    StageOutput after;
    try (StageSession session = new StageSession(stage, recipe, VALUES);
        ActivationSession activation = new ActivationSession(stage, recipe, VALUES)) {
      StageOutput output = session.run(tested.graph().data(), PerChannel.ONE);
      after = activation.run(output.next(), PerChannel.all(1.5));
      assertThat(after.shape()).isEqualTo(output.shape());
    }

    float[] expected = whole(tested, recipe.scaledBy("w", 1.5));
    assertThat(after.z()).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(after.z()[i])
          .isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-5f));
    }
  }

  @Test
  void thereIsNoneWhere() {
    assertThat(none(dense())).as("nothing follows").isTrue();
    assertThat(none(dense().node("Softmax", "h", "p"))).as("not element by element").isTrue();
    assertThat(
            none(
                dense()
                    .node("Relu", "h", "r")
                    .node("Neg", "h", "n")
                    .node("Relu", "n", "rn")
                    .node("Concat", "r rn", "y", TestGraph.number("axis", 1))))
        .as("two of them")
        .isTrue();
    assertThat(
            none(
                dense()
                    .kept("two", 2)
                    .node("Pow", "h two", "q")
                    .node("ReduceMean", "q", "m", ints("axes", 1))
                    .node("Sqrt", "m", "d")
                    .node("Div", "h d", "y")))
        .as("the square is that of a normalisation")
        .isTrue();
  }

  @Test
  void outputsAreMeasuredUnlessAskedOtherwise() {
    assertThat(gelu().plan().stages().get(0).activation()).isEmpty();
  }

  private static boolean none(TestGraph graph) {
    return plan(graph).stages().get(0).activation().isEmpty();
  }

  private static StagePlan plan(TestGraph graph) {
    return StagePlan.of(
        graph.model(),
        graph.recipe(),
        List.of(graph.layers().get(0)),
        graph.sampleShapes(),
        Measure.AFTER_ACTIVATION);
  }

  private static float[] whole(Case tested, Recipe recipe) {
    Map<String, float[]> weights = new TreeMap<>();
    recipe.entries().forEach(entry -> weights.put(entry.tensor(), VALUES.all(entry)));
    return WholeGraph.run(
            tested.graph().model().graph().orElseThrow().onnx(),
            weights,
            tested.graph().data().live(),
            Set.of(tested.output()))
        .get(tested.output())
        .toFloats();
  }

  private static TestGraph dense() {
    return new TestGraph()
        .input("x", 4)
        .weight("w", 4, 5)
        .tensor("bias", Role.BIAS, 5)
        .layer("MatMul", "x w", "xw", "w", "bias")
        .node("Add", "xw bias", "h");
  }

  private static TestGraph gelu() {
    return dense()
        .kept("root", 1.4142135f)
        .kept("one", 1)
        .kept("half", 0.5f)
        .node("Div", "h root", "d")
        .node("Erf", "d", "e")
        .node("Add", "e one", "a")
        .node("Mul", "h a", "m")
        .node("Mul", "m half", "g")
        .node("Tanh", "g", "behind");
  }

  private static TestGraph normalised() {
    return new TestGraph()
        .input("x", 2, 5, 5)
        .tensor("w", Role.CONV, 3, 2, 3, 3)
        .layer("Conv", "x w", "c", "w", "")
        .tensor("scale", Role.NORM_SCALE, 3)
        .tensor("shift", Role.NORM_SHIFT, 3)
        .tensor("mean", Role.RUNNING_MEAN, 3)
        .tensor("var", Role.RUNNING_VARIANCE, 3)
        .node("BatchNormalization", "c scale shift mean var", "n")
        .node("LeakyRelu", "n", "r", TestGraph.real("alpha", 0.1f));
  }
}
