package dev.kindling.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;

/** Results of layers as fields of a JSON object. Numbers that are not finite are left out. */
final class LayerResultJson {
  private LayerResultJson() {}

  static void write(LayerResult layer, ObjectNode node) {
    node.put("layer", layer.layer());
    node.put("tensor", layer.tensor());
    node.put("count", layer.count());
    putFinite(node, "mean", layer.mean());
    putFinite(node, "variance-before", layer.varianceBefore());
    putFinite(node, "variance-after", layer.varianceAfter());
    node.put("scale", layer.scale());
    node.put("samples", layer.samples());
    layer.fresh().ifPresent(fresh -> write(fresh, node.putObject("fresh")));
    if (layer.isLeftAlone()) {
      node.put("left-alone", layer.leftAlone());
    }
    if (!layer.note().isEmpty()) {
      node.put("note", layer.note());
    }
  }

  private static void write(FreshVariance fresh, ObjectNode node) {
    node.put("variance", fresh.variance());
    putFinite(node, "low", fresh.low());
    putFinite(node, "high", fresh.high());
  }

  private static void putFinite(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    }
  }

  static LayerResult parse(JsonCursor cursor) {
    return new LayerResult(
        cursor.field("layer").text(),
        cursor.field("tensor").text(),
        cursor.field("count").wholeNumber(),
        finite(cursor, "mean", Double.NaN),
        finite(cursor, "variance-before", Double.NaN),
        finite(cursor, "variance-after", Double.NaN),
        cursor.field("scale").number(),
        (int) cursor.field("samples").wholeNumber(),
        cursor.optional("fresh").map(LayerResultJson::fresh),
        cursor.optional("left-alone").map(JsonCursor::text).orElse(""),
        cursor.optional("note").map(JsonCursor::text).orElse(""));
  }

  /** An upper end that is too large for a number is none at all. */
  private static FreshVariance fresh(JsonCursor cursor) {
    return new FreshVariance(
        cursor.field("variance").number(),
        finite(cursor, "low", 0),
        finite(cursor, "high", Double.POSITIVE_INFINITY));
  }

  private static double finite(JsonCursor cursor, String name, double otherwise) {
    return cursor.optional(name).map(JsonCursor::number).orElse(otherwise);
  }
}
