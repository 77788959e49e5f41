package dev.kindling.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;
import dev.kindling.base.Sha256;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a run of LSUV depends on, as its journal begins.
 *
 * @param recipeDigest SHA-256 (hex) of the recipe before calibration
 * @param settings how it runs
 * @param sampleDigest SHA-256 (hex) over the sample's rows in their order
 * @param environment what the forward arithmetic depends on, besides the recipe
 */
public record RunHeader(
    String recipeDigest,
    LsuvSettings settings,
    String sampleDigest,
    Calibration.Environment environment) {

  /** Returns the header of a run of a recipe. */
  public static RunHeader of(
      Recipe recipe,
      LsuvSettings settings,
      String sampleDigest,
      Calibration.Environment environment) {
    byte[] json = RecipeJson.toJson(recipe).getBytes(StandardCharsets.UTF_8);
    return new RunHeader(Sha256.hex(json), settings, sampleDigest, environment);
  }

  /** Returns the header as JSON text. */
  public String toJson() {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.put("recipe-sha256", recipeDigest);
    SettingsJson.write(settings, node.putObject("settings"));
    node.put("sample-sha256", sampleDigest);
    CalibrationJson.write(environment, node);
    return JsonCursor.write(node);
  }

  /**
   * Returns the header that a JSON text holds.
   *
   * @param source where it comes from, for messages
   * @throws dev.kindling.base.InputException if it is none
   */
  public static RunHeader parse(String json, String source) {
    JsonCursor cursor = JsonCursor.parse(json, source);
    return new RunHeader(
        cursor.field("recipe-sha256").text(),
        SettingsJson.parse(cursor.field("settings")),
        cursor.field("sample-sha256").text(),
        CalibrationJson.environment(cursor));
  }

  /**
   * Returns in what a run of the same recipe differs from this one, if it does, as "another x
   * (expected y, found z)" with this run's value as what was found.
   */
  public Optional<String> difference(RunHeader now) {
    if (settings.microBatch() != now.settings.microBatch()) {
      return different("lsuv.micro-batch", settings.microBatch(), now.settings.microBatch());
    }
    if (!settings.equals(now.settings)) {
      return different("section lsuv", json(settings), json(now.settings));
    }
    if (!sampleDigest.equals(now.sampleDigest)) {
      return different("sample", sampleDigest, now.sampleDigest);
    }
    if (!environment.runtime().equals(now.environment.runtime())) {
      return different("forward library", environment.runtime(), now.environment.runtime());
    }
    return environment.cpu().equals(now.environment.cpu())
        ? Optional.empty()
        : different("CPU type", environment.cpu(), now.environment.cpu());
  }

  private static Optional<String> different(String what, Object before, Object now) {
    return Optional.of("another %s (expected %s, found %s)".formatted(what, before, now));
  }

  private static String json(LsuvSettings settings) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    SettingsJson.write(settings, node);
    return node.toString();
  }
}
