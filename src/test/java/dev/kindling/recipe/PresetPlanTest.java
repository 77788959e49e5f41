package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.preset.Mup;
import dev.kindling.preset.Preset;
import dev.kindling.preset.Presets;
import dev.kindling.reader.ModelReader;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Orthogonal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresetPlanTest {
  private static final String FIXUP_NET =
      "[conv2d: {name: stem, out: 4, kernel: 3, padding: same}, relu,"
          + " repeat: {name: b, times: 9, layers: [residual: [conv2d: {name: c1, out: 4, kernel: 3, padding: same}, relu,"
          + " conv2d: {name: c2, out: 4, kernel: 3, padding: same}, scale: {name: s}], relu]},"
          + " global-avg-pool, dense: {name: fc, out: 10}]";

  private static Model shipped(String name) {
    try {
      return ModelReader.read(Files.readAllBytes(Path.of("conf/models", name)), name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Model layers(String shape, String layers) {
    String text = "input: {shape: %s}\nlayers: %s\n".formatted(shape, layers);
    return ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml");
  }

  private static Preset preset(String name) {
    return Presets.of(name, Map.of(), new Orthogonal(1));
  }

  private static InitSettings settings(Preset... presets) {
    return new InitSettings(1, List.of(), Optional.empty()).withPresets(List.of(presets));
  }

  private static Plan plan(Model model, Preset... presets) {
    return Planner.plan(model, settings(presets), Set.of());
  }

  /** Standard deviation of a block, from its scheme, fans and scale. */
  private static double std(Plan plan, String tensor, int block) {
    Block found = ((Source.Drawn) plan.recipe().entry(tensor).source()).blocks().get(block);
    Draw draw = found.scheme().draw(found.fans());
    double std =
        draw instanceof Draw.Interval interval
            ? interval.std()
            : draw instanceof Draw.Fill fill ? fill.value() : draw.factor();
    return std * found.scale().of(0);
  }

  private static double std(Plan plan, String tensor) {
    return std(plan, tensor, 0);
  }

  @Test
  void fixupScalesBranchesByTheirNumberAndEmptiesTheirEnds() {
    Plan plan = plan(layers("[3, 8, 8]", FIXUP_NET), preset("fixup"));
    double he = Math.sqrt(2.0 / (4 * 9));
    assertThat(std(plan, "b.4.c1.weight")).isCloseTo(he / 3, within(1e-12));
    assertThat(std(plan, "b.4.c2.weight")).isZero();
    assertThat(std(plan, "stem.weight")).isCloseTo(he, within(1e-12));
    assertThat(std(plan, "fc.weight")).isZero();
    assertThat(std(plan, "b.0.s.scale")).isEqualTo(1);
    assertThat(plan.recipe().presets()).containsExactly("fixup");
    assertThat(plan.recipe().entry("b.4.c1.weight").rule())
        .isEqualTo("preset fixup: b.4.residual1 of L = 9, m = 2");
    assertThat(RecipeJson.parse(RecipeJson.toJson(plan.recipe()), "it")).isEqualTo(plan.recipe());
  }

  @Test
  void fixupOnBatchNormIsZeroGamma() {
    Plan plan = plan(shipped("resnet18.yaml"), preset("fixup"));
    assertThat(std(plan, "layer3.1.bn2.weight")).isZero();
    assertThat(std(plan, "layer3.1.bn1.weight")).isEqualTo(1);
    assertThat(std(plan, "layer3.1.conv2.weight"))
        .isCloseTo(Math.sqrt(2.0 / (256 * 9)), within(1e-12));
    assertThat(plan.notes()).anyMatch(note -> note.contains("has batch norm"));
    Model before =
        layers(
            "[4, 8, 8]",
            "[residual: [batch-norm, relu, conv2d: {out: 4, kernel: 1}], flatten, dense: {out: 2}]");
    assertThatThrownBy(() -> plan(before, preset("fixup")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not end in it");
  }

  @Test
  void zeroGammaTakesTheLastNormOfEachBranchOnly() {
    Plan plan = plan(shipped("resnet18.yaml"), preset("zero_gamma"));
    long zeros =
        plan.recipe().entries().stream()
            .filter(entry -> entry.rule().startsWith("preset zero_gamma"))
            .count();
    assertThat(zeros).isEqualTo(8);
    assertThat(std(plan, "layer2.0.downsample.1.weight")).isEqualTo(1);
    assertThatThrownBy(() -> plan(layers("[3, 8, 8]", FIXUP_NET), preset("zero_gamma")))
        .hasMessageContaining("none of the 9 residual branches ends in a norm");
    assertThatThrownBy(() -> plan(shipped("mlp.yaml"), preset("zero_gamma")))
        .hasMessageContaining("the model has no residual branch");
  }

  @Test
  void branchScalesStartSmallWhereTheModelHasThem() {
    Model model = layers("[3, 8, 8]", FIXUP_NET);
    assertThat(std(plan(model, preset("skip_init")), "b.8.s.scale")).isZero();
    assertThat(std(plan(model, preset("rezero")), "b.8.s.scale")).isZero();
    Preset third = Presets.of("skip_init", Map.of("alpha", 1.0 / 3), new Orthogonal(1));
    assertThat(std(plan(model, third), "b.0.s.scale")).isEqualTo(1.0 / 3);
    Plan without = plan(shipped("resnet18.yaml"), preset("skip_init"));
    assertThat(without.notes())
        .containsExactly(
            "preset skip_init: 8 of 8 residual branches have no trained scalar at their end; nothing changes there");
    assertThat(without.recipe().entries())
        .isEqualTo(plan(shipped("resnet18.yaml")).recipe().entries());
    Model channels =
        layers("[8]", "[residual: [dense: {out: 8}, scale: channel], dense: {out: 2}]");
    assertThat(std(plan(channels, preset("layer_scale")), "scale1.scale")).isEqualTo(0.1);
  }

  /** The paper's and the code's numbers for N = 6: 0.42809 and 0.36889. */
  @Test
  void tFixupHasTheRatiosOfItsMatrixClasses() {
    Plan plan = plan(shipped("translator.yaml"), preset("t_fixup"));
    double glorot = Math.sqrt(2.0 / 1024);
    double wide = Math.sqrt(2.0 / 2560);
    assertThat(std(plan, "encoder.layers.2.self_attn.q_proj.weight"))
        .isCloseTo(glorot, within(1e-12));
    assertThat(std(plan, "encoder.layers.2.self_attn.v_proj.weight") / glorot)
        .isCloseTo(0.42809, within(5e-6));
    assertThat(std(plan, "encoder.layers.2.self_attn.out_proj.weight") / glorot)
        .isCloseTo(0.42809, within(5e-6));
    assertThat(std(plan, "encoder.layers.5.mlp.fc1.weight") / wide)
        .isCloseTo(0.42809, within(5e-6));
    assertThat(std(plan, "decoder.layers.0.encoder_attn.v_proj.weight") / glorot)
        .isCloseTo(0.36889, within(5e-6));
    assertThat(std(plan, "decoder.layers.0.encoder_attn.k_proj.weight"))
        .isCloseTo(glorot, within(1e-12));
    assertThat(std(plan, "decoder.layers.0.mlp.fc2.weight") / wide)
        .isCloseTo(0.36889, within(5e-6));
    assertThat(std(plan, "decoder.embed_tokens.weight") * Math.sqrt(512))
        .isCloseTo(0.36889, within(5e-6));
    assertThat(plan.recipe().entry("encoder.embed_positions.weight").rule()).startsWith("built-in");
  }

  /** For 12 layers of one stack: alpha 2.21336, beta 0.31947. */
  @Test
  void deepNormScalesTheValuePathOfFusedQueriesToo() {
    Plan plan = plan(shipped("gpt2-small.yaml"), preset("deepnorm"));
    double glorot = Math.sqrt(2.0 / (2 * 768));
    assertThat(std(plan, "h.3.attn.qkv.weight", 0)).isCloseTo(glorot, within(1e-12));
    assertThat(std(plan, "h.3.attn.qkv.weight", 1)).isCloseTo(glorot, within(1e-12));
    assertThat(std(plan, "h.3.attn.qkv.weight", 2) / glorot).isCloseTo(0.31947, within(5e-6));
    assertThat(std(plan, "h.3.attn.out_proj.weight") / glorot).isCloseTo(0.31947, within(5e-6));
    assertThat(plan.notes()).anyMatch(note -> note.contains("alpha = 2.21336"));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, 0.02, 0.0040824829, 0.02, 0.01",
    "megatron, 0.02, 0.0040824829, 0.02, 0.02",
    "small_init, 0.0228217732, 0.0060140652, 0.0228217732, 0.02"
  })
  void residualScalingOfGpt2Small(
      String name, double plain, double end, double embedding, double position) {
    Plan plan = plan(shipped("gpt2-small.yaml"), preset(name));
    assertThat(std(plan, "h.0.attn.qkv.weight")).isCloseTo(plain, within(1e-9));
    assertThat(std(plan, "h.0.mlp.fc1.weight")).isCloseTo(plain, within(1e-9));
    assertThat(std(plan, "h.7.attn.out_proj.weight")).isCloseTo(end, within(1e-9));
    assertThat(std(plan, "h.11.mlp.fc2.weight")).isCloseTo(end, within(1e-9));
    assertThat(std(plan, "wte.weight")).isCloseTo(embedding, within(1e-9));
    assertThat(std(plan, "wpe.weight")).isCloseTo(position, within(1e-9));
  }

  /** At base width all is as without; at four times the width, Yang and Hu's table 3. */
  @Test
  void mupKeepsTheBaseAndScalesWhatGrows() {
    String net =
        "[dense: {name: in, out: %1$d}, relu, dense: {name: mid, out: %1$d}, relu, dense: {name: out, out: 10}]";
    Model base = layers("[20]", net.formatted(64));
    Model wide = layers("[20]", net.formatted(256));
    Map<String, Shape> shapes =
        base.tensors().stream()
            .collect(java.util.stream.Collectors.toMap(t -> t.name(), t -> t.shape()));
    Mup mup = new Mup("base.yaml", Mup.Readout.SCALED, Map.of()).on(shapes);
    Plan same = plan(base, mup);
    assertThat(std(same, "mid.weight")).isEqualTo(std(plan(base), "mid.weight"));
    Plan grown = plan(wide, mup);
    assertThat(std(grown, "in.weight")).isCloseTo(std(same, "in.weight"), within(1e-15));
    assertThat(std(grown, "mid.weight")).isCloseTo(std(same, "mid.weight") / 2, within(1e-15));
    assertThat(std(grown, "out.weight")).isCloseTo(std(same, "out.weight") / 4, within(1e-15));
  }

  /** The recommendation at the ends of branches holds at every width, so that base is the limit. */
  @Test
  void mupScalesTheEndsOfBranchesAtEveryWidth() {
    String net =
        "[dense: {name: in, out: %1$d}, repeat: {name: b, times: 4, layers: [residual:"
            + " [dense: {name: up, out: %1$d}, relu, dense: {name: down, out: %1$d}]]}, dense: {name: out, out: 10}]";
    Model base = layers("[20]", net.formatted(64));
    Map<String, Shape> shapes =
        base.tensors().stream()
            .collect(java.util.stream.Collectors.toMap(t -> t.name(), t -> t.shape()));
    Mup mup = new Mup("base.yaml", Mup.Readout.SCALED, Map.of()).on(shapes);
    for (int width : new int[] {64, 256}) {
      Plan plan = plan(layers("[20]", net.formatted(width)), mup);
      double he = Math.sqrt(2.0 / width);
      assertThat(std(plan, "b.1.up.weight")).isCloseTo(he, within(1e-12));
      assertThat(std(plan, "b.1.down.weight") * Math.sqrt(width)).isCloseTo(0.5, within(1e-12));
    }
  }

  @Test
  void looksLinearMirrorsAWholeChain() {
    Plan plan = plan(shipped("mlp.yaml"), preset("looks_linear"));
    assertThat(plan.recipe().entry("fc2.weight").rule())
        .isEqualTo("preset looks_linear: layer 2 of 3");
    Model odd = layers("[4]", "[dense: {name: a, out: 5}, relu, dense: {out: 2}]");
    assertThatThrownBy(() -> plan(odd, preset("looks_linear")))
        .hasMessageContaining("'a.weight' has 5 outputs, which do not make pairs");
  }

  @Test
  void zeroHadamardEmptiesTheEndsOfBranches() {
    Plan plan = plan(layers("[3, 8, 8]", FIXUP_NET), preset("zero_hadamard"));
    assertThat(std(plan, "b.4.c2.weight")).isZero();
    assertThat(plan.recipe().entry("b.4.c1.weight").rule())
        .isEqualTo("preset zero_hadamard: weight");
    assertThat(plan.recipe().entry("fc.weight").rule()).isEqualTo("preset zero_hadamard: weight");
  }

  @Test
  void rulesWinOverPresetsAndPresetsOverTheDefault() {
    InitSettings all =
        new InitSettings(
            1,
            List.of(new Rule(Optional.of("fc2.weight"), Optional.empty(), new Constant(3))),
            List.of(preset("looks_linear")),
            InitSettings.Undoing.REFUSE,
            Optional.of(new Constant(5)),
            Convention.PAPER);
    Model model =
        layers(
            "[4]",
            "[dense: {name: fc1, out: 4}, relu, dense: {name: fc2, out: 4}, tanh, dense: {name: fc3, out: 4}]");
    Plan plan = Planner.plan(model, all, Set.of());
    assertThat(plan.recipe().entries().stream().map(RecipeEntry::rule))
        .contains(
            "preset looks_linear: layer 1 of 2", "init.rules[0]: match fc2.weight", "init.default");
  }

  @Test
  void scalingTwiceAndCalibratingAwayAreRefused() {
    Model model = shipped("translator.yaml");
    assertThatThrownBy(() -> plan(model, preset("t_fixup"), preset("t_fixup")))
        .hasMessageContaining(
            "presets t_fixup and t_fixup each scale weights, which must happen once");
    assertThatThrownBy(() -> Planner.plan(model, settings(preset("fixup")), Set.of("head.weight")))
        .hasMessageContaining("Cannot calibrate after preset fixup: ")
        .hasMessageContaining("init.lsuv-after-preset: force");
    for (String undone : List.of("t_fixup", "deepnorm", "gpt2", "megatron", "small_init")) {
      assertThatThrownBy(() -> Planner.plan(model, settings(preset(undone)), Set.of("head.weight")))
          .hasMessageContaining("Cannot calibrate after preset " + undone);
    }
    Planner.plan(shipped("mlp.yaml"), settings(preset("looks_linear")), Set.of("fc1.weight"));
    InitSettings forced =
        new InitSettings(
            1,
            List.of(),
            List.of(preset("fixup")),
            InitSettings.Undoing.FORCE,
            Optional.empty(),
            Convention.PAPER);
    assertThat(Planner.plan(model, forced, Set.of("head.weight")).recipe().presets())
        .containsExactly("fixup");
  }
}
