package dev.kindling.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.recipe.JsonCursor;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The id of a run: the first 8 bytes (hex) of SHA-256 over all that its result depends on, as JSON:
 * the recipe before calibration and, if there is one, the calibration's settings and sample.
 */
public final class RunId {
  private static final int BYTES = 8;

  private RunId() {}

  /** Returns the id of a run without calibration. */
  public static String of(Recipe recipe) {
    return hash(RecipeJson.toJson(recipe));
  }

  /** Returns the id of a run that calibrates. */
  public static String of(Recipe recipe, LsuvSettings settings, String sampleDigest) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.set("recipe", RecipeJson.toNode(recipe));
    CalibrationJson.write(settings, node);
    node.put("sample-sha256", sampleDigest);
    return hash(JsonCursor.write(node));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
