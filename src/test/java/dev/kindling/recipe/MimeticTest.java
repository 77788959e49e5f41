package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.ConfigurationException;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.kernel.Variates;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.preset.Presets;
import dev.kindling.random.Stream;
import dev.kindling.reader.ModelReader;
import dev.kindling.scheme.Mimetic;
import dev.kindling.scheme.Mimetic.Part;
import dev.kindling.scheme.Orthogonal;
import dev.ludovic.netlib.lapack.LAPACK;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.netlib.util.intW;

/** Mimetic attention, of a model of width 96 with four heads of 24. */
class MimeticTest {
  private static final long SEED = 2026;
  private static final int WIDTH = 96;
  private static final int HEAD = 24;
  private static final int HEADS = WIDTH / HEAD;

  private static final Model MODEL = layers("[attention: {name: a, heads: 4}]");

  private static Model layers(String layers) {
    String text = "input: {shape: [10, %d]}\nlayers: %s\n".formatted(WIDTH, layers);
    return ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml");
  }

  private static Recipe plan(Model model, Map<String, Object> parameters) {
    return plan(model, parameters, Set.of()).recipe();
  }

  private static Plan plan(Model model, Map<String, Object> parameters, Set<String> calibrated) {
    InitSettings settings =
        new InitSettings(SEED, List.of(), Optional.empty())
            .withPresets(List.of(Presets.of("mimetic", parameters, new Orthogonal(1))));
    return Planner.plan(model, settings, calibrated);
  }

  private static double[] values(RecipeEntry entry) {
    double[] values = new double[(int) entry.shape().elementCount()];
    new RecipeValues(SEED, new ScalarKernels(), file -> ByteBuffer.allocate(0))
        .fill(entry, 0, values, 0, values.length);
    return values;
  }

  /** What each product is near: sqrt(d) times the deviation of its noise, and its diagonal. */
  private static double[] target(String group, long head, double noise, double diagonal) {
    double[] draws = new double[WIDTH * WIDTH];
    new ScalarKernels()
        .fill(
            Variates.standardNormal(Stream.of(SEED, group, Stream.Purpose.ELEMENTS)),
            head * WIDTH * WIDTH,
            draws,
            0,
            draws.length);
    for (int i = 0; i < draws.length; i++) {
      draws[i] = noise * draws[i] / Math.sqrt(WIDTH) + (i % (WIDTH + 1) == 0 ? diagonal : 0);
    }
    return draws;
  }

  /**
   * Eckart and Young: no matrix of that rank is nearer to the target than by the singular values
   * left out, which LAPACK tells.
   */
  @Test
  void queriesAndKeysOfEachHeadAreTheNearestOfTheirRank() {
    Recipe recipe = plan(MODEL, Map.of());
    double[] queries = values(recipe.entry("a.q_proj.weight"));
    double[] keys = values(recipe.entry("a.k_proj.weight"));
    for (int head = 0; head < HEADS; head++) {
      double[] target = target("a.q_proj.weight", head, 0.7, 0.7);
      double[] product = product(queries, keys, head * HEAD, HEAD);
      double distance = 0;
      double trace = 0;
      for (int i = 0; i < WIDTH * WIDTH; i++) {
        distance += (product[i] - target[i]) * (product[i] - target[i]);
        trace += i % (WIDTH + 1) == 0 ? product[i] : 0;
      }
      assertThat(distance).isCloseTo(squaresBehind(target, HEAD), within(1e-10));
      assertThat(trace / WIDTH).as("the diagonal stands out").isGreaterThan(0.1);
    }
  }

  /** Four standard errors of 96 elements on the diagonal, and of 9,120 beside it. */
  @Test
  void valuesAndOutputMultiplyToTheirTarget() {
    Recipe recipe = plan(MODEL, Map.of());
    double[] values = values(recipe.entry("a.v_proj.weight"));
    double[] output = transposed(values(recipe.entry("a.out_proj.weight")));
    double[] product = product(values, output, 0, WIDTH);
    double[] target = target("a.out_proj.weight", 0, 0.4, -0.4);
    double diagonal = 0;
    double squares = 0;
    for (int i = 0; i < WIDTH * WIDTH; i++) {
      assertThat(product[i]).isCloseTo(target[i], within(1e-13));
      diagonal += i % (WIDTH + 1) == 0 ? product[i] : 0;
      squares += i % (WIDTH + 1) == 0 ? 0 : product[i] * product[i];
    }
    assertThat(diagonal / WIDTH).isCloseTo(-0.4, within(4 * 0.4 / WIDTH));
    double deviation = Math.sqrt(squares / (WIDTH * (WIDTH - 1.0)) * WIDTH);
    assertThat(deviation).isCloseTo(0.4, within(4 * 0.4 / Math.sqrt(2.0 * WIDTH * WIDTH)));
  }

  /** Each half of the singular values goes to one matrix. */
  @Test
  void bothMatricesOfAProductHaveTheSameLengths() {
    Recipe recipe = plan(MODEL, Map.of());
    double[] queries = values(recipe.entry("a.q_proj.weight"));
    double[] keys = values(recipe.entry("a.k_proj.weight"));
    for (int row = 0; row < WIDTH; row++) {
      assertThat(square(queries, row)).isCloseTo(square(keys, row), within(1e-12));
      if (row % HEAD > 0) {
        assertThat(square(queries, row)).isLessThan(square(queries, row - 1));
      }
    }
  }

  /** A fused tensor's parts are those that tensors of their own have, if the group's name is. */
  @Test
  void aFusedTensorStoresTheSameMatrices() {
    Model fused = layers("[attention: {name: a, heads: 4, projections: fused}]");
    Recipe recipe = plan(fused, Map.of());
    String name = "a.qkv.weight";
    double[] all = values(recipe.entry(name));
    for (Part part : List.of(Part.QUERY, Part.KEY, Part.VALUE)) {
      boolean heads = part.isByHeads();
      Mimetic scheme =
          new Mimetic(
              part,
              heads ? name : "a.out_proj.weight",
              HEAD,
              0,
              heads ? 0.7 : 0.4,
              heads ? 0.7 : -0.4);
      double[] own = drawn(Layout.OUT_IN, scheme);
      int from = part.ordinal() * WIDTH * WIDTH;
      assertThat(java.util.Arrays.copyOfRange(all, from, from + own.length)).isEqualTo(own);
    }
    assertThat(RecipeJson.parse(RecipeJson.toJson(recipe), "it")).isEqualTo(recipe);
  }

  @ParameterizedTest
  @CsvSource({"QUERY", "KEY", "VALUE", "OUTPUT"})
  void theOtherLayoutIsTheTranspose(Part part) {
    Mimetic scheme = new Mimetic(part, "g", HEAD, 0, 0.7, 0.7);
    assertThat(drawn(Layout.IN_OUT, scheme)).isEqualTo(transposed(drawn(Layout.OUT_IN, scheme)));
  }

  /** What one process has drawn of a group does not matter to another. */
  @Test
  void heldProductsDecideNoBit() {
    Recipe recipe = plan(MODEL, Map.of());
    RecipeValues together =
        new RecipeValues(SEED, new ScalarKernels(), file -> ByteBuffer.allocate(0));
    for (String part : List.of("k", "out", "q", "v", "k", "q")) {
      RecipeEntry entry = recipe.entry("a.%s_proj.weight".formatted(part));
      double[] found = new double[WIDTH * WIDTH];
      together.fill(entry, 0, found, 0, found.length);
      assertThat(found).isEqualTo(values(entry));
    }
  }

  /** Language models show the opposite signs, which are parameters. */
  @Test
  void parametersAreThoseOfTheProducts() {
    Recipe recipe = plan(MODEL, Map.of("qk_diagonal", -0.3, "qk_noise", 0.2, "vo_diagonal", 0.5));
    assertThat(scheme(recipe, "a.k_proj.weight"))
        .isEqualTo(new Mimetic(Part.KEY, "a.q_proj.weight", HEAD, 0, 0.2, -0.3));
    assertThat(scheme(recipe, "a.out_proj.weight"))
        .isEqualTo(new Mimetic(Part.OUTPUT, "a.out_proj.weight", HEAD, 0, 0.4, 0.5));
    assertThat(recipe.entry("a.k_proj.weight").rule())
        .startsWith("preset mimetic: keys of ")
        .endsWith(", 4 heads of 24");
  }

  /** GPT-NeoX: of each head its queries, then its keys, then its values. */
  @Test
  void interleavedHeadsAreTheSameMatrices() {
    Tensor tensor = Tensor.of("w", Shape.of(3 * WIDTH, WIDTH), Role.FUSED_QKV, Layout.OUT_IN);
    double[] head = drawn(Layout.OUT_IN, new Mimetic(Part.KEY, "g", HEAD, 0, 0.7, 0.7));
    Block block =
        new Block(
            Block.Axis.ROWS,
            0,
            HEAD,
            1,
            new Mimetic(Part.KEY, "g", HEAD, 3, 0.7, 0.7),
            dev.kindling.model.Fans.NONE,
            PerChannel.ONE,
            PerChannel.ZERO);
    RecipeEntry entry =
        new RecipeEntry(
            "w",
            Shape.of(HEAD, WIDTH),
            tensor.type(),
            Role.DENSE,
            Layout.OUT_IN,
            List.of(),
            "test",
            new Source.Drawn(List.of(block)));
    assertThat(values(entry))
        .isEqualTo(java.util.Arrays.copyOfRange(head, 3 * HEAD * WIDTH, 4 * HEAD * WIDTH));
  }

  @Test
  void whatHasNoSuchProductIsRefusedWithTheReason() throws IOException {
    assertThatThrownBy(() -> plan(shipped("mlp.yaml"), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("preset mimetic: the model has no self-attention");
    assertThatThrownBy(() -> plan(shipped("llama.yaml"), Map.of()))
        .hasMessageContaining("several of its heads share keys and values")
        .hasMessageContaining("found 2048 queries, 512 keys, 512 values");
    Model names = shapes("[96, 96]");
    assertThatThrownBy(() -> plan(names, Map.of()))
        .hasMessageContaining("its number of heads is not known (expected the parameter heads");
    assertThat(scheme(plan(names, Map.of("heads", 6)), "h.0.attn.q_proj.weight"))
        .isEqualTo(new Mimetic(Part.QUERY, "h.0.attn.q_proj.weight", 16, 0, 0.7, 0.7));
    assertThatThrownBy(() -> plan(names, Map.of("heads", 7)))
        .hasMessageContaining("96 queries do not divide into 7 heads");
    assertThatThrownBy(() -> plan(names, Map.of("heads", 1.5)))
        .hasMessageContaining("heads is no positive whole number: 1.5");
    assertThatThrownBy(() -> plan(MODEL, Map.of("heads", 6)))
        .hasMessageContaining("it has 4 heads, not 6");
    assertThatThrownBy(() -> plan(shapes("[96, 3000]"), Map.of("heads", 6)))
        .hasMessageContaining("make no product of full rank");
    assertThatThrownBy(() -> plan(MODEL, Map.of(), new HashSet<>(List.of("a.q_proj.weight"))))
        .hasMessageContaining("Cannot calibrate after preset mimetic: it would scale the products");
    assertThatThrownBy(() -> plan(MODEL, Map.of("qk_noise", 0))).hasMessageContaining("noise");
  }

  @Test
  void attentionOverAnotherSequenceStaysAsItIs() throws IOException {
    Plan plan = plan(shipped("translator.yaml"), Map.of(), Set.of());
    assertThat(plan.notes())
        .contains("preset mimetic: 6 attentions over another sequence stay as they are without it");
    assertThat(
            plan.recipe().entries().stream()
                .filter(entry -> entry.rule().startsWith("preset mimetic: output of ")))
        .hasSize(12);
  }

  @Test
  void aProductThatNoTaskShouldComputeWholeIsRefused() {
    Tensor large = Tensor.of("w", Shape.of(64, 4096), Role.DENSE, Layout.OUT_IN);
    Mimetic scheme = new Mimetic(Part.QUERY, "", 64, 0, 0.7, 0.7);
    assertThatThrownBy(() -> Drawn.of(large, scheme))
        .hasMessageContaining("expected a width of at most 2048, found 4096");
    Tensor odd = Tensor.of("w", Shape.of(65, 96), Role.DENSE, Layout.OUT_IN);
    assertThatThrownBy(() -> Drawn.of(odd, scheme))
        .hasMessageContaining("cannot cut 65 outputs over 96 inputs into heads of width 64");
  }

  private static Model shapes(String output) {
    String json =
        """
        {"h.0.attn.q_proj.weight": [96, 96], "h.0.attn.k_proj.weight": [96, 96],
         "h.0.attn.v_proj.weight": [96, 96], "h.0.attn.o_proj.weight": %s}"""
            .formatted(output);
    return ModelReader.read(json.getBytes(StandardCharsets.UTF_8), "m.json");
  }

  private static Model shipped(String name) throws IOException {
    return ModelReader.read(Files.readAllBytes(Path.of("conf/models", name)), name);
  }

  private static Mimetic scheme(Recipe recipe, String tensor) {
    Source.Drawn drawn = (Source.Drawn) recipe.entry(tensor).source();
    return (Mimetic) drawn.blocks().get(0).scheme();
  }

  private static double[] drawn(Layout layout, Mimetic scheme) {
    Tensor tensor = Tensor.of("w", Shape.of(WIDTH, WIDTH), Role.DENSE, layout);
    return values(Drawn.of(tensor, scheme).entry());
  }

  /** Sum over rows s of {@code left[s][i] right[s][j]}. */
  private static double[] product(double[] left, double[] right, int from, int count) {
    double[] product = new double[WIDTH * WIDTH];
    for (int s = from; s < from + count; s++) {
      for (int i = 0; i < WIDTH; i++) {
        for (int j = 0; j < WIDTH; j++) {
          product[i * WIDTH + j] += left[s * WIDTH + i] * right[s * WIDTH + j];
        }
      }
    }
    return product;
  }

  private static double squaresBehind(double[] matrix, int rank) {
    double[] singular = new double[WIDTH];
    double[] work = new double[10 * WIDTH];
    intW info = new intW(0);
    LAPACK
        .getInstance()
        .dgesvd(
            "N",
            "N",
            WIDTH,
            WIDTH,
            matrix.clone(),
            WIDTH,
            singular,
            work,
            1,
            work,
            1,
            work,
            work.length,
            info);
    double sum = 0;
    for (int i = rank; i < WIDTH; i++) {
      sum += singular[i] * singular[i];
    }
    return sum;
  }

  private static double square(double[] matrix, int row) {
    double sum = 0;
    for (int i = 0; i < WIDTH; i++) {
      sum += matrix[row * WIDTH + i] * matrix[row * WIDTH + i];
    }
    return sum;
  }

  private static double[] transposed(double[] matrix) {
    double[] transposed = new double[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      transposed[i % WIDTH * WIDTH + i / WIDTH] = matrix[i];
    }
    return transposed;
  }
}
