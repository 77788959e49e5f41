package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Activation;
import dev.kindling.model.Activation.Kind;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Fans;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Dirac;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Embedding;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.GateOrder;
import dev.kindling.scheme.GlorotUniform;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.HeTruncatedNormal;
import dev.kindling.scheme.Identity;
import dev.kindling.scheme.Irnn;
import dev.kindling.scheme.LecunNormal;
import dev.kindling.scheme.LstmBias;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Ones;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.SmallInit;
import dev.kindling.scheme.TorchBias;
import dev.kindling.scheme.TorchDefault;
import dev.kindling.scheme.TorchRnn;
import dev.kindling.scheme.Uniform;
import dev.kindling.scheme.Zeros;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlannerTest {
  private static final ExternalValues VALUES = new ExternalValues.Inline("AAAAAA==", 0x48674bc7);

  @Test
  void firstMatchingRuleWins() {
    Plan plan =
        plan(
            List.of(dense("head.weight", Activation.RELU), dense("body.weight", Activation.RELU)),
            settings(
                Optional.of(new Zeros()),
                rule("head.*", new Constant(1)),
                rule("*.weight", new Constant(2)),
                rule("head.weight", new Constant(3))));

    assertThat(scheme(plan, "head.weight")).isEqualTo(new Constant(1));
    assertThat(scheme(plan, "body.weight")).isEqualTo(new Constant(2));
    assertThat(plan.recipe().entry("head.weight").rule()).isEqualTo("init.rules[0]: match head.*");
  }

  @Test
  void rulesCoverEveryRoleAndEvenKeptTensors() {
    Plan plan =
        plan(
            List.of(
                tensor("b", Role.BIAS, Shape.of(3)),
                constant("c", ElementType.F32),
                constant("d", ElementType.F32)),
            settings(
                Optional.empty(),
                rule("c", new Ones()),
                new Rule(Optional.empty(), Optional.of(Role.BIAS), new Uniform(0, 1))));

    assertThat(scheme(plan, "b")).isEqualTo(new Uniform(0, 1));
    assertThat(scheme(plan, "c")).isEqualTo(new Ones());
    assertThat(plan.recipe().entry("d").source()).isEqualTo(new Source.External(VALUES));
  }

  @ParameterizedTest
  @EnumSource
  void defaultCoversWeightRolesOnly(Role role) {
    Tensor tensor =
        new Tensor(
            "t",
            Shape.of(4, 4),
            ElementType.F32,
            role,
            Layout.OUT_IN,
            1,
            1,
            Activation.NONE,
            List.of(),
            Optional.of(VALUES));
    Set<Role> weights =
        Set.of(
            Role.DENSE,
            Role.JOINT_DENSE,
            Role.SPREAD_DENSE,
            Role.PAIRED_DENSE,
            Role.CONV,
            Role.TRANSPOSED_CONV,
            Role.DEPTHWISE,
            Role.RECURRENT_INPUT,
            Role.RECURRENT_HIDDEN,
            Role.FUSED_QKV,
            Role.EXPERTS);

    RecipeEntry entry =
        plan(List.of(tensor), settings(Optional.of(new Constant(7)))).recipe().entry("t");

    assertThat(entry.rule().equals("init.default")).isEqualTo(weights.contains(role));
  }

  @Test
  void recommendsByRoleAndActivation() {
    assertThat(recommended(Role.DENSE, Activation.RELU)).isEqualTo(new HeNormal(FanMode.FAN_IN, 0));
    assertThat(recommended(Role.CONV, Activation.RELU)).isEqualTo(new HeNormal(FanMode.FAN_IN, 0));
    assertThat(recommended(Role.DEPTHWISE, Activation.RELU))
        .isEqualTo(new HeNormal(FanMode.FAN_IN, 0));
    assertThat(recommended(Role.TRANSPOSED_CONV, Activation.RELU))
        .isEqualTo(new HeNormal(FanMode.FAN_IN, 0));
    assertThat(recommended(Role.DENSE, Activation.TANH)).isEqualTo(new GlorotUniform(1));
    assertThat(recommended(Role.CONV, Activation.NONE)).isEqualTo(new GlorotUniform(1));
    assertThat(recommended(Role.DENSE, Activation.OTHER)).isEqualTo(new GlorotUniform(1));
    assertThat(recommended(Role.DEPTHWISE, Activation.NONE)).isEqualTo(new LecunNormal(1));
    assertThat(recommended(Role.TRANSPOSED_CONV, Activation.TANH)).isEqualTo(new LecunNormal(1));
    assertThat(recommended(Role.DENSE, Activation.leakyRelu(0.25)))
        .isEqualTo(new HeNormal(FanMode.FAN_IN, 0.25));
    assertThat(recommended(Role.DENSE, Activation.of(Kind.SIGMOID)))
        .isEqualTo(new GlorotUniform(4));
    assertThat(recommended(Role.CONV, Activation.of(Kind.SELU))).isEqualTo(new LecunNormal(1));
    assertThat(recommended(Role.DENSE, Activation.of(Kind.GELU)))
        .isEqualTo(new LecunNormal(1.5335304411955352));
    assertThat(recommended(Role.CONV, Activation.of(Kind.SILU)))
        .isEqualTo(new LecunNormal(1.6765324703310912));
    assertThat(recommended(Role.CONV, Activation.of(Kind.MISH)))
        .isEqualTo(new LecunNormal(1.4868475812732081));
  }

  /** Keras and JAX call truncated what the papers draw plain; recipes say which. */
  @Test
  void conventionDecidesTruncationAndFans() {
    Tensor grouped =
        new Tensor(
            "w",
            Shape.of(8, 2, 3, 3),
            ElementType.F32,
            Role.CONV,
            Layout.OUT_IN,
            4,
            1,
            Activation.RELU,
            List.of(),
            Optional.empty());
    Model model = new Model("m", List.of(grouped), Optional.empty());
    for (Convention convention : Convention.values()) {
      InitSettings settings = new InitSettings(1, List.of(), Optional.empty(), convention);
      Plan plan = Planner.plan(model, settings, Set.of());
      boolean truncates = convention == Convention.KERAS || convention == Convention.JAX;
      assertThat(scheme(plan, "w"))
          .isEqualTo(
              truncates
                  ? new HeTruncatedNormal(FanMode.FAN_IN, 0)
                  : new HeNormal(FanMode.FAN_IN, 0));
      assertThat(blocks(plan, "w").get(0).fans())
          .isEqualTo(new Fans(18, convention == Convention.PAPER ? 18 : 72));
    }
  }

  @Test
  void torchBiasTakesTheFanInOfItsWeight() {
    List<Tensor> tensors =
        List.of(
            tensor("fc.weight", Role.DENSE, Shape.of(10, 25)),
            tensor("fc.bias", Role.BIAS, Shape.of(10)),
            tensor("kernel", Role.DENSE, Shape.of(10, 100)),
            tensor("offset", Role.BIAS, Shape.of(10)));
    Layer layer = new Layer("kernel", "node", "kernel", Optional.of("offset"));
    Model model =
        new Model(
            "m",
            tensors,
            Optional.of(new Model.Graph(ModelProto.getDefaultInstance(), List.of(layer))));
    InitSettings settings =
        settings(
            Optional.of(new TorchDefault()),
            new Rule(Optional.empty(), Optional.of(Role.BIAS), new TorchBias()));

    Plan plan = Planner.plan(model, settings, Set.of());

    assertThat(draw(plan, "fc.bias")).isEqualTo(new Draw.Interval(0, 0.2));
    assertThat(draw(plan, "fc.weight")).isEqualTo(new Draw.Interval(0, 0.2));
    assertThat(draw(plan, "offset")).isEqualTo(new Draw.Interval(0, 0.1));
    assertProblem(
        tensor("lone.bias", Role.BIAS, Shape.of(3)),
        new TorchBias(),
        "torch_bias takes the fan-in of the weight beside a bias, and none is known");
  }

  /** PyTorch's fan-in of a transposed convolution is that of its outputs. */
  @Test
  void torchSchemesHaveTorchFansUnderAnyConvention() {
    Tensor transposed = Tensor.of("w", Shape.of(64, 4, 3, 3), Role.TRANSPOSED_CONV, Layout.IN_OUT);
    Plan plan = plan(List.of(transposed), settings(Optional.of(new TorchDefault())));
    assertThat(draw(plan, "w")).isEqualTo(new Draw.Interval(0, 1.0 / 6));
  }

  @Test
  void saysInOneLineWhatCannotBeDrawn() {
    assertProblem(
        tensor("w", Role.DENSE, Shape.of(3, 3, 3)),
        new Identity(1),
        "identity takes rank 2 at most, the shape is [3, 3, 3]");
    assertProblem(
        tensor("w", Role.DENSE, Shape.of(3, 3)),
        new Dirac(),
        "dirac needs rank 3 or more, the shape is [3, 3]; use a scheme such as zeros or normal");
    assertProblem(
        tensor("w", Role.DENSE, Shape.of(3, 3)),
        new Normal(0, 1e300),
        "the draw Gaussian[mean=0.0, std=1.0E300] lies beyond float32 (expected magnitudes from"
            + " 1.4E-45 to 4.2535293E37)");
    assertProblem(
        tensor("w", Role.DENSE, Shape.of(3, 3)),
        new Normal(0, 1e-60),
        "the draw Gaussian[mean=0.0, std=1.0E-60] lies beyond float32 (expected magnitudes from"
            + " 1.4E-45 to 4.2535293E37)");
    assertProblem(
        tensor("b", Role.BIAS, Shape.of(10)),
        new LstmBias(GateOrder.IFGO, 1, 1),
        "the last axis of shape [10] does not divide into the 4 gates of all bias vectors");
    assertProblem(
        tensor("e", Role.EMBEDDING, Shape.of(10, 3)),
        new Embedding(1, 10),
        "padding is row 10 of a tensor of shape [10, 3]");
    assertProblem(
        tensor("e", Role.EMBEDDING, Shape.of(10, 3)),
        new SmallInit(0),
        "the fans 1.0 and 3.0 do not tell the width; state it");
    assertProblem(
        tensor("w", Role.DENSE, Shape.of(10, 3)),
        new TorchRnn(0),
        "units is not stated (expected the size of the hidden state)");
    assertProblem(
        tensor("w", Role.DENSE, Shape.of(10, 3)),
        new Irnn(1),
        "irnn needs a square matrix, the fans are 3.0 and 10.0");
  }

  @Test
  void emptyTensorsNeedNoFans() {
    for (Shape shape : List.of(Shape.of(0, 3), Shape.of(3, 0), Shape.of(3, 3, 0))) {
      Plan plan =
          plan(
              List.of(tensor("w", Role.DENSE, shape)),
              settings(Optional.of(new HeNormal(FanMode.FAN_OUT, 0))));
      assertThat(scheme(plan, "w")).isInstanceOf(HeNormal.class);
    }
  }

  @Test
  void builtInsOfTheOtherRoles() {
    assertThat(recommended(Role.BIAS, Activation.NONE)).isEqualTo(new Zeros());
    assertThat(recommended(Role.RECURRENT_BIAS, Activation.NONE)).isEqualTo(new Zeros());
    assertThat(recommended(Role.NORM_SHIFT, Activation.NONE)).isEqualTo(new Zeros());
    assertThat(recommended(Role.RUNNING_MEAN, Activation.NONE)).isEqualTo(new Zeros());
    assertThat(recommended(Role.NORM_SCALE, Activation.NONE)).isEqualTo(new Ones());
    assertThat(recommended(Role.RUNNING_VARIANCE, Activation.NONE)).isEqualTo(new Ones());
    assertThat(recommended(Role.RESIDUAL_SCALE, Activation.NONE)).isEqualTo(new Ones());
    assertThat(recommended(Role.EMBEDDING, Activation.NONE)).isEqualTo(new Normal(0, 0.02));
    assertThat(recommended(Role.ADDITIVE, Activation.NONE)).isEqualTo(new Normal(0, 0.02));
  }

  @Test
  void calibratedWeightsAreOrthonormalUnlessTheUserStatesAScheme() {
    List<Tensor> tensors = List.of(dense("a", Activation.RELU), dense("b", Activation.RELU));
    Model model = new Model("m", tensors, Optional.empty());

    Plan unset = Planner.plan(model, settings(Optional.empty()), Set.of("a"));
    Plan stated = Planner.plan(model, settings(Optional.of(new Normal(0, 1))), Set.of("a"));
    Plan ruled =
        Planner.plan(model, settings(Optional.empty(), rule("a", new Zeros())), Set.of("a"));

    assertThat(scheme(unset, "a")).isEqualTo(new Orthogonal(1));
    assertThat(scheme(unset, "b")).isEqualTo(new HeNormal(FanMode.FAN_IN, 0));
    assertThat(scheme(stated, "a")).isEqualTo(new Normal(0, 1));
    assertThat(scheme(ruled, "a")).isEqualTo(new Zeros());
  }

  @Test
  void keepsConstantsAndWhateverIsNotAFloat() {
    Plan plan =
        plan(
            List.of(constant("c", ElementType.F16), constant("i", ElementType.I64)),
            settings(Optional.of(new Zeros()), rule("i", new Zeros())));

    assertThat(plan.recipe().entries())
        .allSatisfy(
            entry -> {
              assertThat(entry.source()).isEqualTo(new Source.External(VALUES));
              assertThat(entry.rule()).isEqualTo("kept from the model");
            });
  }

  @Test
  void reportsAllProblemsAtOnce() {
    List<Tensor> tensors =
        List.of(
            tensor("b", Role.BIAS, Shape.of(3)),
            tensor("c", Role.CONSTANT, Shape.of(3)),
            tensor("ok", Role.DENSE, Shape.of(3, 3)),
            tensor("q", Role.FUSED_QKV, Shape.of(10, 3)),
            tensor("s", Role.DENSE, Shape.of()));

    assertThatThrownBy(
            () ->
                plan(
                    tensors,
                    settings(Optional.empty(), rule("b", new HeNormal(FanMode.FAN_IN, 0)))))
        .isInstanceOf(ConfigurationException.class)
        .satisfies(
            thrown ->
                assertThat(((ConfigurationException) thrown).problems())
                    .containsExactly(
                        "Cannot initialise tensor 'b' of m: he_normal needs rank 2 or more, the shape"
                            + " is [3]; use a scheme such as zeros or normal",
                        "Cannot initialise tensor 'c' of m: no scheme covers role constant and the"
                            + " model has no values for it; add a rule to init.rules",
                        "Cannot initialise tensor 'q' of m: 10 outputs do not divide into queries, keys"
                            + " and values of one size",
                        "Cannot initialise tensor 's' of m: glorot_uniform needs rank 2 or more, the"
                            + " shape is []; use a scheme such as zeros or normal"));
  }

  @Test
  void notesRulesThatMatchNothing() {
    Plan plan =
        plan(
            List.of(dense("a", Activation.NONE)),
            settings(
                Optional.empty(),
                rule("b", new Zeros()),
                rule("a", new Zeros()),
                new Rule(Optional.of("x*"), Optional.of(Role.BIAS), new Zeros())));

    assertThat(plan.notes())
        .containsExactly(
            "init.rules[0] (match b) matches no float tensor of the model",
            "init.rules[2] (match x*, role bias) matches no float tensor of the model");
  }

  @Test
  void groupsAreSeparateMatricesWithTrueFans() {
    Tensor grouped =
        new Tensor(
            "w",
            Shape.of(8, 2, 3, 3),
            ElementType.F32,
            Role.CONV,
            Layout.OUT_IN,
            4,
            1,
            Activation.RELU,
            List.of("alias"),
            Optional.empty());

    RecipeEntry entry = plan(List.of(grouped), settings(Optional.empty())).recipe().entry("w");

    assertThat(entry.aliases()).containsExactly("alias");
    assertThat(entry.source())
        .isEqualTo(
            new Source.Drawn(
                List.of(Block.whole(8, 4, new HeNormal(FanMode.FAN_IN, 0), new Fans(18, 18)))));
  }

  @Test
  void emptyTensorsArePlanned() {
    Plan plan = plan(List.of(tensor("w", Role.DENSE, Shape.of(0, 3))), settings(Optional.empty()));
    assertThat(scheme(plan, "w")).isEqualTo(new GlorotUniform(1));
  }

  private static void assertProblem(Tensor tensor, Scheme scheme, String reason) {
    InitSettings settings =
        settings(Optional.empty(), new Rule(Optional.of("*"), Optional.empty(), scheme));
    assertThatThrownBy(() -> plan(List.of(tensor), settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("Cannot initialise tensor '%s' of m: %s".formatted(tensor.name(), reason));
  }

  private static List<Block> blocks(Plan plan, String tensor) {
    return ((Source.Drawn) plan.recipe().entry(tensor).source()).blocks();
  }

  private static Draw draw(Plan plan, String tensor) {
    Block block = blocks(plan, tensor).get(0);
    return block.scheme().draw(block.fans());
  }

  private static Scheme recommended(Role role, Activation activation) {
    Tensor tensor =
        new Tensor(
            "t",
            Shape.of(4, 4),
            ElementType.F32,
            role,
            Layout.OUT_IN,
            1,
            1,
            activation,
            List.of(),
            Optional.empty());
    return scheme(plan(List.of(tensor), settings(Optional.empty())), "t");
  }

  private static Plan plan(List<Tensor> tensors, InitSettings settings) {
    return Planner.plan(new Model("m", tensors, Optional.empty()), settings, Set.of());
  }

  private static InitSettings settings(Optional<Scheme> fallback, Rule... rules) {
    return new InitSettings(1, List.of(rules), fallback);
  }

  private static Rule rule(String glob, Scheme scheme) {
    return new Rule(Optional.of(glob), Optional.empty(), scheme);
  }

  private static Scheme scheme(Plan plan, String tensor) {
    return ((Source.Drawn) plan.recipe().entry(tensor).source()).blocks().get(0).scheme();
  }

  private static Tensor tensor(String name, Role role, Shape shape) {
    return Tensor.of(name, shape, role, Layout.OUT_IN);
  }

  private static Tensor dense(String name, Activation activation) {
    return new Tensor(
        name,
        Shape.of(4, 4),
        ElementType.F32,
        Role.DENSE,
        Layout.OUT_IN,
        1,
        1,
        activation,
        List.of(),
        Optional.empty());
  }

  private static Tensor constant(String name, ElementType type) {
    return new Tensor(
        name,
        Shape.of(1),
        type,
        Role.CONSTANT,
        Layout.OUT_IN,
        1,
        1,
        Activation.NONE,
        List.of(),
        Optional.of(VALUES));
  }
}
