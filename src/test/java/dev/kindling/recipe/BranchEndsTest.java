package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Model;
import dev.kindling.reader.ModelReader;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.Schemes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rows of the recommendation table that need residual branches. */
class BranchEndsTest {
  /** Twelve layers have 24 branches, none of which ends in a norm. */
  @Test
  void theLastWeightsOfATransformersBranchesAreSmallerByTheRootOfTheirNumber() throws IOException {
    Recipe recipe = plan("gpt2-small", Optional.empty(), Set.of());
    double scale = scale(recipe, "h.0.mlp.fc2.weight");
    assertThat(scale).isEqualTo(1 / Math.sqrt(24));
    assertThat(scale(recipe, "h.11.attn.out_proj.weight")).isEqualTo(scale);
    assertThat(scale(recipe, "h.0.mlp.fc1.weight")).isEqualTo(1);
    assertThat(recipe.entry("h.0.mlp.fc2.weight").rule())
        .startsWith("recommended: end of ")
        .contains("n = 24; recommended: dense");
  }

  @Test
  void theLastNormOfAResNetsBlocksIsZeroAndItsWeightsAreNotScaled() throws IOException {
    Recipe recipe = plan("resnet18", Optional.empty(), Set.of());
    List<RecipeEntry> zeros =
        recipe.entries().stream()
            .filter(entry -> entry.role().label().equals("norm-scale"))
            .filter(entry -> scheme(entry).equals("zeros"))
            .toList();
    assertThat(zeros).hasSize(8);
    assertThat(recipe.entries())
        .filteredOn(entry -> entry.role().isWeight())
        .allMatch(entry -> blocks(entry).get(0).scale().of(0) == 1);
  }

  @Test
  void aStatedDefaultAndCalibrationLeaveThemAlone() throws IOException {
    for (Recipe recipe :
        List.of(
            plan(
                "resnet18",
                Optional.of(new HeNormal(dev.kindling.scheme.FanMode.FAN_IN, 0)),
                Set.of()),
            plan("resnet18", Optional.empty(), Set.of("conv1.weight")))) {
      assertThat(recipe.entries())
          .filteredOn(entry -> entry.role().label().equals("norm-scale"))
          .allMatch(entry -> scheme(entry).equals("ones"));
    }
  }

  private static Recipe plan(
      String name, Optional<dev.kindling.scheme.Scheme> fallback, Set<String> calibrated)
      throws IOException {
    byte[] layers = Files.readAllBytes(Path.of("conf/models", name + ".yaml"));
    Model model = ModelReader.read(layers, name + ".yaml");
    return Planner.plan(model, new InitSettings(1, List.of(), fallback), calibrated).recipe();
  }

  private static List<Block> blocks(RecipeEntry entry) {
    return ((Source.Drawn) entry.source()).blocks();
  }

  private static double scale(Recipe recipe, String tensor) {
    return blocks(recipe.entry(tensor)).get(0).scale().of(0);
  }

  private static String scheme(RecipeEntry entry) {
    return Schemes.name(blocks(entry).get(0).scheme());
  }
}
