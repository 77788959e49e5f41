package dev.kindling.forward;

import static dev.kindling.forward.TestGraph.body;
import static dev.kindling.forward.TestGraph.ints;
import static dev.kindling.forward.TestGraph.nodeOf;
import static dev.kindling.forward.TestGraph.number;
import static dev.kindling.forward.TestGraph.real;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stages one after another give what ONNX Runtime gives for the whole graph. */
class StagedForwardTest {
  private static final TestValues VALUES = new TestValues();
  private static final double[] NO_SCALES = {1};
  private static final double[] SCALES = {1.5, 0.25, 3, 0.7};

  /** A graph with its name for reports. */
  record Case(String name, TestGraph graph) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> graphs() {
    return Stream.of(
        new Case("chain", chain()),
        new Case("residual", residual()),
        new Case("branches", branches()),
        new Case("matmul and add", matMulAndAdd()),
        new Case("gemm", gemm(17)),
        new Case("gemm of an old operator set", gemm(9)),
        new Case("convolutions", convolutions()),
        new Case("convolutions in groups", convolutionsInGroups()),
        new Case("batch normalisation and dropout", batchNormalisation()),
        new Case("captured by a subgraph", captured()),
        new Case("embedding", embedding()),
        new Case("kept bias", keptBias()),
        new Case("bias behind a transposition", lateBias()));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void baseWeights(Case tested) {
    assertSameAsWhole(tested.graph(), NO_SCALES);
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void scaledWeights(Case tested) {
    assertSameAsWhole(tested.graph(), SCALES);
  }

  /** One output channel a slice; groups, and a Gemm that cannot do without its bias, stay whole. */
  @ParameterizedTest
  @MethodSource("graphs")
  void weightsInSlices(Case tested) {
    StagePlan plan = tested.graph().plan(1);
    assertThat(plan.stages().stream().filter(stage -> stage.slices().isPresent()).count())
        .isEqualTo(
            switch (tested.name()) {
              case "gemm of an old operator set", "convolutions in groups" -> 0;
              default -> plan.stages().size();
            });
    assertSameAsWhole(tested.graph(), plan, SCALES);
  }

  @Test
  void sharedWeightIsScaledAtItsFirstUse() {
    TestGraph graph = shared();
    StagePlan plan = graph.plan();
    assertThat(plan.stages())
        .extracting(stage -> stage.layer().node())
        .containsExactly("node_a", "node_d");
    assertThat(plan.skipped())
        .containsExactly(
            new StagePlan.Skipped(
                graph.layers().get(1), "its weight 'w' is read before by layer 'w'", 1));
    assertSameAsWhole(graph, SCALES);
  }

  @Test
  void weightThatANodeReadEarlierIsLeftAlone() {
    TestGraph graph =
        new TestGraph()
            .indices("ids", 10, 4)
            .weight("table", 10, 5)
            .weight("w", 5, 5)
            .node("Gather", "table ids", "e")
            .layer("MatMul", "e w", "h", "w", "")
            .node("Transpose", "table", "t", ints("perm", 1, 0))
            .layer("MatMul", "h t", "logits", "table", "");
    StagePlan plan = graph.plan();
    assertThat(plan.stages()).hasSize(1);
    assertThat(plan.skipped())
        .containsExactly(
            new StagePlan.Skipped(
                graph.layers().get(1), "its weight 'table' is read before by node 'node_e'", 1));
  }

  @Test
  void onlyWhatIsNeededStaysAlive() {
    StagePlan plan = residual().plan();
    assertThat(plan.stages()).hasSize(4);
    assertThat(plan.stages().get(0).liveIn()).containsExactly("x");
    assertThat(plan.stages().get(0).liveOut()).containsExactly("a.z");
    assertThat(plan.stages().get(1).liveOut()).containsExactly("b.z", "ra");
    assertThat(plan.stages().get(2).liveOut()).containsExactly("c.z", "ra");
    assertThat(plan.stages().get(3).liveIn()).containsExactlyInAnyOrder("c.z", "ra");
    assertThat(plan.stages().get(3).liveOut()).isEmpty();
    assertThat(plan.stages().get(3).tensors()).containsExactlyInAnyOrder("c.bias", "d.weight");
  }

  @Test
  void outputThatNothingNeedsIsNotScaledEither() {
    StagePlan plan = branches().plan();
    Stage lastButOne = plan.stages().get(plan.stages().size() - 2);
    assertThat(plan.stages().get(2).scale()).isPresent();
    assertThat(lastButOne.liveOut()).doesNotContain(lastButOne.z());
    assertThat(plan.stages().get(plan.stages().size() - 1).scale()).isEmpty();
  }

  @Test
  void remarksSayWhatRunsDifferently() {
    assertThat(batchNormalisation().plan().remarks())
        .containsExactly(
            "Dropout is off in the forward pass (1 nodes)",
            "BatchNormalization uses its running mean and variance in the forward pass, not the batch's; training will normalise there, so LSUV adds little to the layers before it (1 nodes)");
  }

  static TestGraph chain() {
    return new TestGraph()
        .input("x", 3, 8, 8)
        .tensor("c1.weight", Role.CONV, 4, 3, 3, 3)
        .tensor("c1.bias", Role.BIAS, 4)
        .tensor("c2.weight", Role.CONV, 5, 4, 3, 3)
        .weight("fc.weight", 7, 80)
        .tensor("fc.bias", Role.BIAS, 7)
        .layer("Conv", "x c1.weight c1.bias", "a", "c1.weight", "c1.bias", ints("pads", 1, 1, 1, 1))
        .node("Relu", "a", "ra")
        .layer("Conv", "ra c2.weight", "b", "c2.weight", "", ints("pads", 1, 1, 1, 1))
        .node("Relu", "b", "rb")
        .node("MaxPool", "rb", "p", ints("kernel_shape", 2, 2), ints("strides", 2, 2))
        .node("Flatten", "p", "f")
        .layer("Gemm", "f fc.weight fc.bias", "y", "fc.weight", "fc.bias", number("transB", 1))
        .node("Softmax", "y", "s");
  }

  static TestGraph residual() {
    TestGraph graph = new TestGraph().input("x", 12);
    for (String name : List.of("a", "b", "c", "d")) {
      graph.weight(name + ".weight", 12, 12).tensor(name + ".bias", Role.BIAS, 12);
    }
    return graph
        .layer("Gemm", "x a.weight a.bias", "a", "a.weight", "a.bias")
        .node("Relu", "a", "ra")
        .layer("Gemm", "ra b.weight b.bias", "b", "b.weight", "b.bias")
        .node("Relu", "b", "rb")
        .layer("Gemm", "rb c.weight c.bias", "c", "c.weight", "c.bias")
        .node("Add", "c ra", "sum")
        .layer("Gemm", "sum d.weight d.bias", "d", "d.weight", "d.bias");
  }

  /** As Keras has it: channels come last where the bias is added. */
  private static TestGraph lateBias() {
    return new TestGraph()
        .input("x", 3, 6, 6)
        .tensor("c.weight", Role.CONV, 4, 3, 3, 3)
        .tensor("c.bias", Role.BIAS, 1, 1, 1, 4)
        .weight("fc.weight", 4, 5)
        .layer("Conv", "x c.weight", "m1", "c.weight", "c.bias", ints("pads", 1, 1, 1, 1))
        .node("Transpose", "m1", "t", ints("perm", 0, 2, 3, 1))
        .node("Add", "t c.bias", "sum")
        .node("Relu", "sum", "r")
        .layer("MatMul", "r fc.weight", "m2", "fc.weight", "");
  }

  @Test
  void aBiasBehindATranspositionCounts() {
    TestGraph graph = lateBias();
    Stage stage = graph.plan().stages().get(0);
    try (StageSession session = new StageSession(stage, graph.recipe(), VALUES)) {
      assertThat(session.bias()).isEqualTo(VALUES.all(graph.recipe().entry("c.bias"))).hasSize(4);
    }
  }

  private static TestGraph branches() {
    TestGraph graph = new TestGraph().input("x", 4, 8);
    for (String name : List.of("q", "k", "v", "unused")) {
      graph.weight(name + ".w", 8, 8);
    }
    return graph
        .weight("o.w", 8, 3)
        .node("Tanh", "x", "t")
        .layer("MatMul", "t q.w", "q", "q.w", "")
        .layer("MatMul", "t k.w", "k", "k.w", "")
        .layer("MatMul", "t v.w", "v", "v.w", "")
        .node("Transpose", "k", "kt", ints("perm", 0, 2, 1))
        .node("MatMul", "q kt", "scores")
        .node("Softmax", "scores", "p")
        .node("MatMul", "p v", "mixed")
        .layer("MatMul", "mixed o.w", "o", "o.w", "")
        .layer("MatMul", "t unused.w", "dead", "unused.w", "");
  }

  private static TestGraph matMulAndAdd() {
    return new TestGraph()
        .input("x", 4, 6)
        .weight("l1.weight", 9, 6)
        .tensor("l1.bias", Role.BIAS, 9)
        .weight("l2.weight", 5, 9)
        .tensor("l2.bias", Role.BIAS, 1, 5)
        .constant("flat", 5)
        .node("Transpose", "l1.weight", "l1.t", ints("perm", 1, 0))
        .layer("MatMul", "x l1.t", "m1", "l1.weight", "l1.bias")
        .node("Add", "l1.bias m1", "a1")
        .node("Tanh", "a1", "h")
        .node("Transpose", "l2.weight", "l2.t", ints("perm", 1, 0))
        .node("Reshape", "l2.bias flat", "l2.b")
        .layer("MatMul", "h l2.t", "m2", "l2.weight", "l2.bias")
        .node("Add", "m2 l2.b", "a2")
        .node("Relu", "a2", "y");
  }

  private static TestGraph gemm(int opset) {
    return new TestGraph()
        .opset(opset)
        .input("x", 6)
        .weight("w1", 5, 6)
        .tensor("b1", Role.BIAS, 5)
        .weight("w2", 5, 4)
        .tensor("b2", Role.BIAS, 1)
        .weight("w3", 4, 4)
        .tensor("b3", Role.BIAS, 1, 4)
        .layer(
            "Gemm",
            "x w1 b1",
            "g1",
            "w1",
            "b1",
            number("transB", 1),
            real("alpha", 0.5f),
            real("beta", 2.5f))
        .node("Relu", "g1", "r1")
        .layer("Gemm", "r1 w2 b2", "g2", "w2", "b2", real("beta", 0.5f))
        .node("Tanh", "g2", "r2")
        .layer("Gemm", "r2 w3 b3", "g3", "w3", "b3", real("alpha", 2));
  }

  private static TestGraph convolutions() {
    return new TestGraph()
        .input("x", 4, 7)
        .tensor("up.weight", Role.TRANSPOSED_CONV, 4, 5, 3)
        .tensor("up.bias", Role.BIAS, 5)
        .tensor("down.weight", Role.CONV, 6, 5, 3)
        .tensor("down.bias", Role.BIAS, 6)
        .layer(
            "ConvTranspose", "x up.weight up.bias", "u", "up.weight", "up.bias", ints("strides", 2))
        .node("Relu", "u", "ru")
        .layer("Conv", "ru down.weight down.bias", "d", "down.weight", "down.bias");
  }

  private static TestGraph convolutionsInGroups() {
    return new TestGraph()
        .input("x", 4, 7)
        .tensor("up.weight", Role.TRANSPOSED_CONV, 4, 3, 3)
        .tensor("up.bias", Role.BIAS, 6)
        .tensor("group.weight", Role.CONV, 6, 2, 3)
        .tensor("group.bias", Role.BIAS, 6)
        .tensor("depth.weight", Role.DEPTHWISE, 6, 1, 3)
        .layer(
            "ConvTranspose",
            "x up.weight up.bias",
            "u",
            "up.weight",
            "up.bias",
            ints("strides", 2),
            number("group", 2))
        .node("Relu", "u", "ru")
        .layer(
            "Conv",
            "ru group.weight group.bias",
            "g",
            "group.weight",
            "group.bias",
            number("group", 3))
        .node("Relu", "g", "rg")
        .layer("Conv", "rg depth.weight", "d", "depth.weight", "", number("group", 6));
  }

  private static TestGraph batchNormalisation() {
    TestGraph graph = new TestGraph().input("x", 3, 6, 6).tensor("c.weight", Role.CONV, 4, 3, 3, 3);
    return graph
        .tensor("bn.weight", Role.NORM_SCALE, 4)
        .tensor("bn.bias", Role.NORM_SHIFT, 4)
        .tensor("bn.mean", Role.RUNNING_MEAN, 4)
        .tensor("bn.var", Role.RUNNING_VARIANCE, 4)
        .tensor("e.weight", Role.CONV, 2, 4, 1, 1)
        .kept("ratio", 0.5f)
        .layer("Conv", "x c.weight", "c", "c.weight", "")
        .node(
            "BatchNormalization",
            "c bn.weight bn.bias bn.mean bn.var",
            "n",
            number("training_mode", 0))
        .node("Dropout", "n ", "d mask")
        .layer("Conv", "d e.weight", "e", "e.weight", "");
  }

  private static TestGraph captured() {
    return new TestGraph()
        .input("x", 6)
        .weight("w1", 6, 6)
        .weight("w2", 6, 6)
        .weight("inner", 6, 6)
        .weight("w3", 6, 6)
        .kept("zero", 0)
        .node("Tanh", "x", "t")
        .layer("MatMul", "t w1", "a", "w1", "")
        .layer("MatMul", "a w2", "b", "w2", "")
        .node("ReduceMax", "b", "max", number("keepdims", 0))
        .node("Squeeze", "zero", "threshold")
        .node("Greater", "max threshold", "positive")
        .node(
            "If",
            "positive",
            "c",
            body("then_branch", "t1", nodeOf("MatMul", "t inner", "m"), nodeOf("Add", "m a", "t1")),
            body("else_branch", "e1", nodeOf("Neg", "t", "e1")))
        .layer("MatMul", "c w3", "d", "w3", "");
  }

  private static TestGraph embedding() {
    return new TestGraph()
        .indices("ids", 10, 4)
        .input("x", 4, 5)
        .tensor("table", Role.EMBEDDING, 10, 5)
        .weight("w1", 5, 6)
        .weight("w2", 6, 6)
        .node("Gather", "table ids", "e")
        .node("Add", "e x", "h")
        .layer("MatMul", "h w1", "a", "w1", "")
        .node("Cast", "ids", "f", number("to", 1))
        .constant("axes", 2)
        .layer("MatMul", "a w2", "b", "w2", "")
        .node("Unsqueeze", "f axes", "g")
        .node("Mul", "b g", "y")
        .weight("w3", 6, 2)
        .layer("MatMul", "y w3", "z", "w3", "");
  }

  private static TestGraph shared() {
    return new TestGraph()
        .input("x", 6)
        .weight("w", 6, 6)
        .weight("v", 6, 6)
        .layer("MatMul", "x w", "a", "w", "")
        .node("Relu", "a", "b")
        .layer("MatMul", "b w", "c", "w", "")
        .layer("MatMul", "c v", "d", "v", "");
  }

  private static TestGraph keptBias() {
    return new TestGraph()
        .input("x", 6)
        .weight("w", 6, 3)
        .weight("v", 3, 3)
        .kept("b", 1, -2, 3)
        .layer("MatMul", "x w", "m", "w", "b")
        .node("Add", "m b", "a")
        .layer("Gemm", "a v b", "y", "v", "b");
  }

  private static void assertSameAsWhole(TestGraph graph, double[] scales) {
    assertSameAsWhole(graph, graph.plan(), scales);
  }

  private static void assertSameAsWhole(TestGraph graph, StagePlan plan, double[] scales) {
    Map<String, Double> scaleOf = new LinkedHashMap<>();
    for (int i = 0; i < plan.stages().size(); i++) {
      scaleOf.put(plan.stages().get(i).layer().weight(), scales[i % scales.length]);
    }
    Map<String, TensorValue> whole = whole(graph, plan, scaleOf);
    MicroBatch frontier = graph.data();
    Recipe recipe = graph.recipe();
    PerChannel scale = PerChannel.ONE;
    for (Stage stage : plan.stages()) {
      try (StageSession session = new StageSession(stage, recipe, VALUES)) {
        StageOutput left = session.run(frontier, scale);
        StageOutput output =
            stage.slices().isPresent() ? inSlices(stage, recipe, left.next()) : left;
        double own = scaleOf.get(stage.layer().weight());
        TensorValue expected = whole.get(graph.output(stage.layer()));
        assertThat(output.shape()).isEqualTo(expected.shape());
        boolean biasInside = !stage.layer().node().startsWith("node_m");
        assertClose(
            stage, withBias(output, stage, session.bias(), own, biasInside), expected.toFloats());
        assertThat(output.next().live().keySet()).containsExactlyElementsOf(stage.liveOut());
        frontier = output.next();
        scale = PerChannel.all(own);
        recipe = recipe.scaledBy(stage.layer().weight(), own);
      }
    }
  }

  private static StageOutput inSlices(Stage stage, Recipe recipe, MicroBatch left) {
    Slices slices = stage.slices().orElseThrow();
    List<TensorValue> parts = new ArrayList<>();
    for (int slice = 0; slice < slices.count(); slice++) {
      try (SliceSession session = new SliceSession(stage, slice, recipe, VALUES)) {
        StageOutput part = session.run(left);
        parts.add(TensorValue.ofFloats(part.shape(), part.z()));
        assertThat(part.next().live().size()).isEqualTo(stage.keepsOutput() ? 1 : 0);
      }
    }
    TensorValue z = TensorValue.joined(parts, stage.channelAxis().in(parts.get(0).shape()));
    Map<String, TensorValue> next = new TreeMap<>(left.live());
    assertThat(next.remove(slices.input())).isNotNull();
    if (stage.keepsOutput()) {
      next.put(stage.z(), z);
    }
    return new StageOutput(z.shape(), z.toFloats(), MicroBatch.of(left.index(), next));
  }

  private static Map<String, TensorValue> whole(
      TestGraph graph, StagePlan plan, Map<String, Double> scaleOf) {
    Recipe scaled = graph.recipe();
    for (Map.Entry<String, Double> entry : scaleOf.entrySet()) {
      scaled = scaled.scaledBy(entry.getKey(), entry.getValue());
    }
    Map<String, float[]> weights = new HashMap<>();
    for (RecipeEntry entry : scaled.entries()) {
      weights.put(entry.tensor(), VALUES.all(entry));
    }
    Set<String> wanted =
        plan.stages().stream()
            .map(stage -> graph.output(stage.layer()))
            .collect(Collectors.toSet());
    return WholeGraph.run(
        graph.model().graph().orElseThrow().onnx(),
        weights,
        new TreeMap<>(graph.data().live()),
        wanted);
  }

  /**
   * The whole graph's tensors have the bias in them, except a MatMul's, whose Add is a node of its
   * own.
   */
  private static float[] withBias(
      StageOutput output, Stage stage, float[] bias, double scale, boolean add) {
    Shape shape = output.shape();
    int axis = stage.channelAxis().in(shape);
    int inner = (int) shape.elementsFrom(axis + 1);
    float[] values = new float[output.z().length];
    for (int i = 0; i < values.length; i++) {
      int channel = (int) (i / inner % shape.dim(axis));
      float added = bias.length == 0 || !add ? 0 : bias[bias.length == 1 ? 0 : channel];
      values[i] = (float) (output.z()[i] * scale + added);
    }
    return values;
  }

  private static void assertClose(Stage stage, float[] actual, float[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
    }
    assertThat(largest).isPositive();
    assertThat(difference)
        .as("largest difference at layer %s", stage.layer().name())
        .isLessThanOrEqualTo(1e-5 * largest);
  }
}
