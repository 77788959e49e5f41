package dev.kindling.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;
import java.util.List;

/** Calibrations as JSON, for a checkpoint's manifest. Numbers that are not finite are left out. */
public final class CalibrationJson {
  private CalibrationJson() {}

  /** Returns the calibration as JSON text. */
  public static String toJson(Calibration calibration) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.put("method", "lsuv");
    write(calibration.settings(), node);
    node.put("sample-sha256", calibration.sampleDigest());
    node.put("forward-library", calibration.environment().runtime());
    node.put("cpu", calibration.environment().cpu());
    calibration.layers().forEach(layer -> write(layer, node.withArray("layers").addObject()));
    return JsonCursor.write(node);
  }

  /**
   * Returns the calibration that a JSON text holds.
   *
   * @param source where it comes from, for messages
   * @throws dev.kindling.base.InputException if it is none
   */
  public static Calibration parse(String json, String source) {
    JsonCursor cursor = JsonCursor.parse(json, source);
    LsuvSettings settings = settings(cursor);
    List<LayerResult> layers =
        cursor.optional("layers").map(JsonCursor::elements).orElse(List.of()).stream()
            .map(CalibrationJson::layer)
            .toList();
    return new Calibration(
        settings,
        cursor.field("sample-sha256").text(),
        new Calibration.Environment(
            cursor.field("forward-library").text(), cursor.field("cpu").text()),
        layers);
  }

  private static LsuvSettings settings(JsonCursor cursor) {
    try {
      return new LsuvSettings(
          Math.toIntExact(cursor.field("batch").wholeNumber()),
          Math.toIntExact(cursor.field("micro-batch").wholeNumber()),
          cursor.field("target-variance").number());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw cursor.failure("settings out of range, " + e.getMessage());
    }
  }

  /** Writes the settings alone, as they enter the id of a run. */
  static void write(LsuvSettings settings, ObjectNode node) {
    node.put("batch", settings.batch());
    node.put("micro-batch", settings.microBatch());
    node.put("target-variance", settings.targetVariance());
  }

  private static void write(LayerResult layer, ObjectNode node) {
    node.put("layer", layer.layer());
    node.put("tensor", layer.tensor());
    node.put("count", layer.count());
    putFinite(node, "mean", layer.mean());
    putFinite(node, "variance-before", layer.varianceBefore());
    putFinite(node, "variance-after", layer.varianceAfter());
    node.put("scale", layer.scale());
    if (layer.isLeftAlone()) {
      node.put("left-alone", layer.leftAlone());
    }
  }

  private static void putFinite(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    }
  }

  private static LayerResult layer(JsonCursor cursor) {
    return new LayerResult(
        cursor.field("layer").text(),
        cursor.field("tensor").text(),
        cursor.field("count").wholeNumber(),
        finite(cursor, "mean"),
        finite(cursor, "variance-before"),
        finite(cursor, "variance-after"),
        cursor.field("scale").number(),
        cursor.optional("left-alone").map(JsonCursor::text).orElse(""));
  }

  private static double finite(JsonCursor cursor, String name) {
    return cursor.optional(name).map(JsonCursor::number).orElse(Double.NaN);
  }
}
