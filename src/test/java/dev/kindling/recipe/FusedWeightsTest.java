package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Block.Axis;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.GateOrder;
import dev.kindling.scheme.GlorotNormal;
import dev.kindling.scheme.GlorotUniform;
import dev.kindling.scheme.GruBias;
import dev.kindling.scheme.Identity;
import dev.kindling.scheme.Irnn;
import dev.kindling.scheme.LstmBias;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Sparse;
import dev.kindling.scheme.Zeros;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gates, directions, queries, keys and values are matrices of their own. */
class FusedWeightsTest {
  private static final int UNITS = 12;
  private static final int INPUTS = 20;

  @Test
  void gatesOfTorchAreRowsWithFansOfTheirOwn() {
    Tensor input = weight(Shape.of(4 * UNITS, INPUTS), Role.RECURRENT_INPUT, "ifgo");
    RecipeEntry entry = plan(input);
    assertThat(blocks(entry))
        .extracting(Block::axis, Block::from, Block::to, Block::fans)
        .containsExactly(
            tuple(Axis.ROWS, 0L, 12L, new Fans(INPUTS, UNITS)),
            tuple(Axis.ROWS, 12L, 24L, new Fans(INPUTS, UNITS)),
            tuple(Axis.ROWS, 24L, 36L, new Fans(INPUTS, UNITS)),
            tuple(Axis.ROWS, 36L, 48L, new Fans(INPUTS, UNITS)));
    assertThat(blocks(entry)).extracting(Block::scheme).containsOnly(new GlorotUniform(1));
    assertThat(entry.rule()).isEqualTo("recommended: recurrent-input, each of i, f, g, o");
  }

  /** Glorot's bound per gate is sqrt(6 / (20 + 12)); of the fused matrix it were sqrt(6 / 68). */
  @Test
  void glorotOfAGateIgnoresTheOtherGates() {
    float[] values = values(plan(weight(Shape.of(48, 20), Role.RECURRENT_INPUT, "ifgo")));
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isBetween(0.42f, 0.4330128f);
  }

  @Test
  void everyGateOfTheHiddenWeightsIsOrthogonal() {
    RecipeEntry entry = plan(weight(Shape.of(48, 12), Role.RECURRENT_HIDDEN, "ifgo"));
    float[] values = values(entry);
    for (int gate = 0; gate < 4; gate++) {
      assertOrthonormal(values, gate * 144, 12, 1);
    }
    assertThat(entry.rule()).isEqualTo("recommended: recurrent-hidden, each of i, f, g, o");
  }

  @Test
  void directionsOfOnnxAreMatricesOfTheirOwn() {
    RecipeEntry hidden = plan(weight(Shape.of(2, 48, 12), Role.RECURRENT_HIDDEN, "iofc"));
    assertThat(blocks(hidden)).hasSize(8);
    float[] values = values(hidden);
    for (int gate = 0; gate < 8; gate++) {
      assertOrthonormal(values, gate * 144, 12, 1);
    }
    assertThat(hidden.rule()).endsWith("each of i, o, f, c in each direction");

    RecipeEntry input = plan(weight(Shape.of(2, 36, 20), Role.RECURRENT_INPUT, "zrh"));
    assertThat(blocks(input)).hasSize(6).allSatisfy(this::hasFansOfAGate);
  }

  private void hasFansOfAGate(Block block) {
    assertThat(block.fans()).isEqualTo(new Fans(INPUTS, UNITS));
  }

  @Test
  void gatesOfKerasAreColumns() {
    Tensor input =
        Tensor.of("w", Shape.of(20, 48), Role.RECURRENT_INPUT, Layout.IN_OUT)
            .withFused(FusedPart.gates("ifco", 12));
    assertThat(blocks(plan(input))).hasSize(4).allSatisfy(this::hasFansOfAGate);

    Tensor hidden =
        Tensor.of("w", Shape.of(12, 48), Role.RECURRENT_HIDDEN, Layout.IN_OUT)
            .withFused(FusedPart.gates("ifco", 12));
    RecipeEntry entry = plan(hidden);
    assertThat(blocks(entry)).extracting(Block::axis).containsOnly(Axis.COLUMNS);
    float[] values = values(entry);
    for (int gate = 0; gate < 4; gate++) {
      float[] matrix = new float[144];
      for (int i = 0; i < 144; i++) {
        matrix[i] = values[i / 12 * 48 + gate * 12 + i % 12];
      }
      assertOrthonormal(matrix, 0, 12, 1);
    }
  }

  /** A gate's hidden weights are square, so the shape tells the gates where the model does not. */
  @Test
  void hiddenWeightsTellTheirGatesByThemselves() {
    Tensor gru = Tensor.of("w", Shape.of(36, 12), Role.RECURRENT_HIDDEN, Layout.OUT_IN);
    RecipeEntry entry = plan(gru);
    assertThat(blocks(entry)).hasSize(3);
    assertThat(entry.rule()).endsWith("each of gate 1, gate 2, gate 3");
    Tensor odd = Tensor.of("w", Shape.of(35, 12), Role.RECURRENT_HIDDEN, Layout.OUT_IN);
    assertThat(blocks(plan(odd))).hasSize(1);
  }

  /** PyTorch and Keras draw the tensor, Flax each gate. */
  @ParameterizedTest
  @EnumSource(Convention.class)
  void conventionsDifferInWhatTheyDrawAtOnce(Convention convention) {
    boolean perGate = convention == Convention.PAPER || convention == Convention.JAX;
    Tensor hidden = weight(Shape.of(48, 12), Role.RECURRENT_HIDDEN, "ifgo");
    assertThat(blocks(plan(hidden, Optional.empty(), convention))).hasSize(perGate ? 4 : 1);
    Tensor both = weight(Shape.of(2, 48, 12), Role.RECURRENT_HIDDEN, "ifgo");
    assertThat(blocks(plan(both, Optional.empty(), convention))).hasSize(perGate ? 8 : 2);
    Tensor attention = Tensor.of("w", Shape.of(36, 12), Role.FUSED_QKV, Layout.OUT_IN);
    assertThat(blocks(plan(attention, Optional.empty(), convention)))
        .hasSize(convention == Convention.TORCH ? 1 : 3);
  }

  @Test
  void keysOfGroupedQueriesAreFewer() {
    Tensor tensor =
        Tensor.of("w", Shape.of(64, 32), Role.FUSED_QKV, Layout.OUT_IN)
            .withFused(FusedPart.attention(32, 16));
    RecipeEntry entry = plan(tensor, new GlorotNormal(1));
    assertThat(blocks(entry))
        .extracting(Block::fans)
        .containsExactly(new Fans(32, 32), new Fans(32, 16), new Fans(32, 16));
    assertThat(entry.rule()).isEqualTo("init.rules[0]: match *, each of queries, keys, values");
    RecipeEntry orthogonal = plan(tensor, new Orthogonal(1));
    float[] values = values(orthogonal);
    assertOrthonormal(values, 0, 32, 1);
  }

  @Test
  void theUserSaysWhatATensorStores() {
    Tensor tensor = Tensor.of("gate_up", Shape.of(64, 32), Role.DENSE, Layout.OUT_IN);
    Rule rule =
        new Rule(Optional.of("*"), Optional.empty(), new GlorotNormal(1), List.of(32L, 24L, 8L));
    for (Convention convention : Convention.values()) {
      RecipeEntry entry = plan(tensor, Optional.of(rule), convention);
      assertThat(blocks(entry))
          .extracting(Block::fans)
          .containsExactly(new Fans(32, 32), new Fans(32, 24), new Fans(32, 8));
      assertThat(entry.rule()).isEqualTo("init.rules[0]: match *, each of 1, 2, 3");
    }
    Rule wrong =
        new Rule(Optional.of("*"), Optional.empty(), new GlorotNormal(1), List.of(32L, 24L));
    assertProblem(
        tensor,
        Optional.of(wrong),
        "the matrices that it stores do not add up to its outputs (expected 64, found 56 for 1, 2)");
  }

  @Test
  void elementWiseSchemesNeedNoBlocks() {
    Tensor tensor = weight(Shape.of(2, 48, 12), Role.RECURRENT_HIDDEN, "iofc");
    assertThat(blocks(plan(tensor, new Normal(0, 1)))).hasSize(1);
    assertThat(blocks(plan(tensor, new Zeros()))).hasSize(1);
  }

  @Test
  void patternsStartAnewInEveryGate() {
    Tensor tensor = weight(Shape.of(2, 48, 12), Role.RECURRENT_HIDDEN, "iofc");
    float[] eye = values(plan(tensor, new Identity(3)));
    for (int i = 0; i < eye.length; i++) {
      assertThat(eye[i]).isEqualTo(i / 12 % 12 == i % 12 ? 3 : 0);
    }
    float[] sparse = values(plan(tensor, new Sparse(5, 1)));
    for (int row = 0; row < 96; row++) {
      int links = 0;
      for (int column = 0; column < 12; column++) {
        links += sparse[12 * row + column] == 0 ? 0 : 1;
      }
      assertThat(links).isEqualTo(5);
    }
  }

  @Test
  void anRnnBeforeReluStartsAsIdentity() {
    Tensor tensor =
        new Tensor(
            "w",
            Shape.of(1, 12, 12),
            ElementType.F32,
            Role.RECURRENT_HIDDEN,
            Layout.OUT_IN,
            1,
            1,
            Activation.RELU,
            List.of(),
            Optional.empty(),
            FusedPart.gates("h", 12));
    RecipeEntry entry = plan(tensor);
    assertThat(blocks(entry)).extracting(Block::scheme).containsExactly(new Irnn(1));
    assertThat(entry.rule()).isEqualTo("recommended: recurrent-hidden");
  }

  @Test
  void anLstmRemembersFromTheStart() {
    assertThat(schemeOf(bias(Shape.of(48), "ifgo"))).isEqualTo(new LstmBias(GateOrder.IFGO, 1, 1));
    assertThat(schemeOf(bias(Shape.of(2, 96), "iofciofc")))
        .isEqualTo(new LstmBias(GateOrder.IOFC, 1, 2));
    assertThat(schemeOf(bias(Shape.of(2, 72), "zrhzrh"))).isEqualTo(new Zeros());
    assertThat(schemeOf(bias(Shape.of(24), "hh"))).isEqualTo(new Zeros());
    assertThat(schemeOf(Tensor.of("b", Shape.of(48), Role.RECURRENT_BIAS, Layout.OUT_IN)))
        .isEqualTo(new Zeros());

    float[] values = values(plan(bias(Shape.of(2, 96), "iofciofc")));
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(i % 96 / 12 == 2 ? 1 : 0);
    }
  }

  /** The default order would give ONNX's output gate what the forget gate is to have. */
  @Test
  void aBiasForTheWrongGateIsRefused() {
    Tensor onnx = bias(Shape.of(2, 96), "iofciofc");
    assertProblem(
        onnx,
        Optional.of(rule(new LstmBias(GateOrder.IFGO, 1, 1))),
        "the model holds its gates otherwise (expected order: iofc, vectors: 2, found order: ifgo, vectors: 1)");
    Tensor keras = bias(Shape.of(36), "zrh");
    assertProblem(
        keras,
        Optional.of(rule(new GruBias(GateOrder.RZN, 1, 1))),
        "the model holds its gates otherwise (expected order: zrh, vectors: 1, found order: rzn, vectors: 1)");
    assertThat(blocks(plan(bias(Shape.of(48), "ifco"), new LstmBias(GateOrder.IFGO, 1, 1))))
        .hasSize(1);
    assertProblem(
        onnx,
        Optional.of(rule(new Orthogonal(1))),
        "orthogonal is for weights, this is the bias of a recurrent layer; use a scheme such as zeros, lstm_bias or normal");
  }

  @Test
  void aForgetBiasInBothOfTorchsBiasesIsNoted() {
    Tensor first = Tensor.of("l.bias_ih_l0", Shape.of(48), Role.RECURRENT_BIAS, Layout.OUT_IN);
    Tensor second = Tensor.of("l.bias_hh_l0", Shape.of(48), Role.RECURRENT_BIAS, Layout.OUT_IN);
    Model model = new Model("m", List.of(first, second), Optional.empty());
    Rule both = rule(new LstmBias(GateOrder.IFGO, 1, 1));
    Rule one =
        new Rule(Optional.of("*_ih_*"), Optional.empty(), new LstmBias(GateOrder.IFGO, 1, 1));
    assertThat(Planner.plan(model, settings(Optional.of(both), Convention.PAPER), Set.of()).notes())
        .containsExactly(
            "'l.bias_ih_l0' and 'l.bias_hh_l0' are added and both hold a gate's bias, which counts twice; give one of them zeros");
    assertThat(Planner.plan(model, settings(Optional.of(one), Convention.PAPER), Set.of()).notes())
        .isEmpty();
  }

  @Test
  void shapesThatNoRecurrentLayerHas() {
    assertProblem(
        weight(Shape.of(3, 48, 12), Role.RECURRENT_HIDDEN, "iofc"),
        Optional.empty(),
        "its first axis holds directions (expected 1 or 2, found 3)");
    assertProblem(
        weight(Shape.of(50, 12), Role.RECURRENT_HIDDEN, "iofc"),
        Optional.empty(),
        "the matrices that it stores do not add up to its outputs (expected 50, found 48 for i, o, f, c)");
    assertThat(values(plan(Tensor.of("w", Shape.of(0, 12), Role.RECURRENT_HIDDEN, Layout.OUT_IN))))
        .isEmpty();
    assertThat(
            values(plan(Tensor.of("w", Shape.of(2, 0, 12), Role.RECURRENT_INPUT, Layout.OUT_IN))))
        .isEmpty();
  }

  @Test
  void anyRangeOfADirectionHasTheBitsOfTheWhole() {
    RecipeEntry entry = plan(weight(Shape.of(2, 48, 20), Role.RECURRENT_INPUT, "iofc"));
    float[] whole = values(entry);
    for (int start = 0; start < whole.length; start += 101) {
      int length = Math.min(77, whole.length - start);
      float[] part = new Drawn(entry).values(start, length);
      for (int i = 0; i < length; i++) {
        assertThat(part[i]).isEqualTo(whole[start + i]);
      }
    }
  }

  private static void assertOrthonormal(float[] values, int start, int size, double square) {
    for (int a = 0; a < size; a++) {
      for (int b = 0; b < size; b++) {
        double product = 0;
        for (int k = 0; k < size; k++) {
          product += (double) values[start + size * a + k] * values[start + size * b + k];
        }
        assertThat(product).isCloseTo(a == b ? square : 0, within(1e-6));
      }
    }
  }

  private static void assertProblem(Tensor tensor, Optional<Rule> rule, String reason) {
    assertThatThrownBy(() -> plan(tensor, rule, Convention.PAPER))
        .isInstanceOf(ConfigurationException.class)
        .satisfies(
            thrown ->
                assertThat(((ConfigurationException) thrown).problems())
                    .containsExactly(
                        "Cannot initialise tensor '%s' of m: %s".formatted(tensor.name(), reason)));
  }

  private static Tensor weight(Shape shape, Role role, String gates) {
    return Tensor.of("w", shape, role, Layout.OUT_IN).withFused(FusedPart.gates(gates, UNITS));
  }

  private static Tensor bias(Shape shape, String gates) {
    return Tensor.of("b", shape, Role.RECURRENT_BIAS, Layout.OUT_IN)
        .withFused(FusedPart.gates(gates, UNITS));
  }

  private static Scheme schemeOf(Tensor tensor) {
    return blocks(plan(tensor)).get(0).scheme();
  }

  private static float[] values(RecipeEntry entry) {
    return new Drawn(entry).values();
  }

  private static List<Block> blocks(RecipeEntry entry) {
    return new Drawn(entry).blocks();
  }

  private static Rule rule(Scheme scheme) {
    return new Rule(Optional.of("*"), Optional.empty(), scheme);
  }

  private static RecipeEntry plan(Tensor tensor) {
    return plan(tensor, Optional.empty(), Convention.PAPER);
  }

  private static RecipeEntry plan(Tensor tensor, Scheme scheme) {
    return plan(tensor, Optional.of(rule(scheme)), Convention.PAPER);
  }

  private static RecipeEntry plan(Tensor tensor, Optional<Rule> rule, Convention convention) {
    Model model = new Model("m", List.of(tensor), Optional.empty());
    return Planner.plan(model, settings(rule, convention), Set.of()).recipe().entry(tensor.name());
  }

  private static InitSettings settings(Optional<Rule> rule, Convention convention) {
    return new InitSettings(2026, rule.stream().toList(), Optional.empty(), convention);
  }
}
