package dev.kindling.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;
import dev.kindling.base.Sha256;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;

/**
 * The id of a run: the first 8 bytes (hex) of SHA-256 over all that its result depends on, as JSON:
 * the recipe before calibration and, if there is one, the calibration's settings and sample.
 */
public final class RunId {
  private RunId() {}

  /** Returns the id of a run without calibration. */
  public static String of(Recipe recipe) {
    return Sha256.id(RecipeJson.toJson(recipe));
  }

  /** Returns the id of a run that calibrates. */
  public static String of(Recipe recipe, LsuvSettings settings, String sampleDigest) {
    return Sha256.id(JsonCursor.write(node(recipe, settings, sampleDigest)));
  }

  /**
   * Returns the id of a run that starts weights from data before it calibrates.
   *
   * @param start all that the start depends on
   */
  public static String of(Recipe recipe, LsuvSettings settings, String sampleDigest, String start) {
    return Sha256.id(JsonCursor.write(node(recipe, settings, sampleDigest).put("start", start)));
  }

  private static ObjectNode node(Recipe recipe, LsuvSettings settings, String sampleDigest) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.set("recipe", RecipeJson.toNode(recipe));
    SettingsJson.write(settings, node);
    return node.put("sample-sha256", sampleDigest);
  }
}
