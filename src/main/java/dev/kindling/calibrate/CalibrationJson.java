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
    SettingsJson.write(calibration.settings(), node);
    node.put("check-rows", calibration.checkRows());
    if (calibration.skippedRows() > 0) {
      node.put("skipped-rows", calibration.skippedRows());
    }
    putText(node, "pipeline", calibration.sampling().pipeline());
    putText(node, "stratify", calibration.sampling().stratify());
    node.put("sample-sha256", calibration.sampleDigest());
    write(calibration.environment(), node);
    calibration
        .layers()
        .forEach(layer -> LayerResultJson.write(layer, node.withArray("layers").addObject()));
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
    LsuvSettings settings = SettingsJson.parse(cursor);
    List<LayerResult> layers =
        cursor.optional("layers").map(JsonCursor::elements).orElse(List.of()).stream()
            .map(LayerResultJson::parse)
            .toList();
    return new Calibration(
        settings,
        (int) cursor.field("check-rows").wholeNumber(),
        cursor.optional("skipped-rows").map(JsonCursor::wholeNumber).orElse(0L),
        new Calibration.Sampling(text(cursor, "pipeline"), text(cursor, "stratify")),
        cursor.field("sample-sha256").text(),
        environment(cursor),
        layers);
  }

  private static void putText(ObjectNode node, String name, String text) {
    if (!text.isEmpty()) {
      node.put(name, text);
    }
  }

  private static String text(JsonCursor cursor, String name) {
    return cursor.optional(name).map(JsonCursor::text).orElse("");
  }

  static void write(Calibration.Environment environment, ObjectNode node) {
    node.put("forward-library", environment.runtime());
    node.put("cpu", environment.cpu());
  }

  static Calibration.Environment environment(JsonCursor cursor) {
    return new Calibration.Environment(
        cursor.field("forward-library").text(), cursor.field("cpu").text());
  }
}
