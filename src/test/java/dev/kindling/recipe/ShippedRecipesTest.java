package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Fans;
import dev.kindling.model.Model;
import dev.kindling.preset.Preset;
import dev.kindling.preset.Presets;
import dev.kindling.reader.ModelReader;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Schemes;
import dev.kindling.scheme.Zeros;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recipes of the shipped models, as they have been looked through: a change of any is seen. */
class ShippedRecipesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/recipes");

  @ParameterizedTest
  @CsvSource({
    "mlp, ",
    "mlp, looks_linear",
    "digits-cnn, ",
    "digits-cnn, fixup",
    "resnet18, zero_gamma",
    "gpt2-small, gpt2",
    "llama, megatron",
    "recurrent, ",
    "translator, t_fixup",
    "translator, mimetic"
  })
  void recipeIsAsItWas(String name, String preset) throws IOException {
    String file = preset == null ? name : name + "-" + preset;
    Path model = Path.of("conf/models", name + ".yaml");
    String table = table(ModelReader.read(Files.readAllBytes(model), name + ".yaml"), preset);
    assertRecipe(table, file);
  }

  /** Well-known models as PyTorch's exporters wrote them. */
  @ParameterizedTest
  @CsvSource({
    "resnet50-old, ",
    "resnet50-old, fixup",
    "densenet121-old, ",
    "mobilenet_v2-old, ",
    "mobilenet_v3_small-old, ",
    "vit_b_16-old, ",
    "vit_b_16-old, mimetic",
    "bert-old, ",
    "bert-old, t_fixup",
    "gpt2-dynamo, ",
    "gpt2-dynamo, gpt2",
    "recurrent-old, ",
    "llama-dynamo, ",
    "llama-dynamo, megatron",
    "t5-dynamo, ",
    "t5-dynamo, t_fixup"
  })
  void recipeOfAnExportIsAsItWas(String name, String preset) throws IOException {
    Path file = Path.of("src/test/resources/models/zoo", name + ".onnx.gz");
    try (InputStream bytes = new GZIPInputStream(Files.newInputStream(file))) {
      Model model = ModelReader.read(bytes.readAllBytes(), name + ".onnx");
      assertRecipe(table(model, preset), preset == null ? name : name + "-" + preset);
    }
  }

  /** Full sizes, of which only names and shapes are known. */
  @ParameterizedTest
  @CsvSource({"llama-7b, gpt2", "t5-small, t_fixup", "neox-20b, small_init", "mixtral-8x7b, "})
  void recipeOfShapesIsAsItWas(String name, String preset) throws IOException {
    Path file = Path.of("src/test/resources/models/shapes", name + ".shapes.json.gz");
    try (InputStream bytes = new GZIPInputStream(Files.newInputStream(file))) {
      Model model = ModelReader.read(bytes.readAllBytes(), name + ".json");
      assertRecipe(table(model, preset), preset == null ? name : name + "-" + preset);
    }
  }

  /** What came out is left where it can be looked through and copied from. */
  private static void assertRecipe(String table, String file) throws IOException {
    Path found = Path.of("target/recipes", file + ".txt");
    Files.createDirectories(found.getParent());
    Files.writeString(found, table);
    assertThat(table).as("see " + found).isEqualTo(Files.readString(GOLDEN.resolve(file + ".txt")));
  }

  private static String table(Model model, String preset) {
    List<Preset> presets =
        preset == null ? List.of() : List.of(Presets.of(preset, Map.of(), new Orthogonal(1)));
    // Rotary tables, which the exporter folded and whose values the stripped file lacks.
    Rule folded = new Rule(Optional.of("unsqueeze_*"), Optional.empty(), new Zeros());
    InitSettings settings =
        new InitSettings(1, List.of(folded), Optional.empty()).withPresets(presets);
    return Planner.plan(model, settings, Set.of()).recipe().entries().stream()
        .map(ShippedRecipesTest::line)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(RecipeEntry entry) {
    if (!(entry.source() instanceof Source.Drawn drawn)) {
      return "%s %s %s: kept".formatted(entry.tensor(), entry.shape(), entry.role().label());
    }
    String blocks =
        drawn.blocks().stream()
            .map(ShippedRecipesTest::block)
            .distinct()
            .collect(Collectors.joining(" | "));
    return "%s %s %s: %s (%s)"
        .formatted(entry.tensor(), entry.shape(), entry.role().label(), blocks, entry.rule());
  }

  private static String block(Block block) {
    Draw draw = block.scheme().draw(block.fans());
    double value =
        (draw instanceof Draw.Interval interval ? interval.std() : draw.factor())
            * block.scale().of(0);
    String fans =
        block.fans().equals(Fans.NONE)
            ? ""
            : String.format(Locale.ROOT, " %.0f/%.0f", block.fans().in(), block.fans().out());
    return "%s%s %s"
        .formatted(Schemes.name(block.scheme()), fans, String.format(Locale.ROOT, "%.7g", value));
  }
}
