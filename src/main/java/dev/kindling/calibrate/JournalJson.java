package dev.kindling.calibrate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;
import dev.kindling.recipe.PerChannel;

/** Layers as JSON, one text each, for the journal of a run. */
public final class JournalJson {
  private JournalJson() {}

  /**
   * Returns a layer as JSON text.
   *
   * @param sampleDigest names the sample that it was judged on
   */
  public static String toJson(CalibratedLayer layer, String sampleDigest) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.put("sample-sha256", sampleDigest);
    LayerResultJson.write(layer.result(), node.putObject("result"));
    write(layer.correction().scale(), node.putArray("scale"));
    write(layer.correction().shift(), node.putArray("shift"));
    return JsonCursor.write(node);
  }

  /**
   * Returns the layer that a JSON text holds.
   *
   * @param source where it comes from, for messages
   * @throws dev.kindling.base.InputException if it is none
   */
  public static CalibratedLayer parse(String json, String source) {
    JsonCursor cursor = JsonCursor.parse(json, source);
    return new CalibratedLayer(
        LayerResultJson.parse(cursor.field("result")),
        new Correction(perChannel(cursor.field("scale")), perChannel(cursor.field("shift"))));
  }

  private static void write(PerChannel numbers, ArrayNode array) {
    numbers.values().forEach(array::add);
  }

  private static PerChannel perChannel(JsonCursor cursor) {
    try {
      return new PerChannel(cursor.elements().stream().map(JsonCursor::number).toList());
    } catch (IllegalArgumentException e) {
      throw cursor.failure(e.getMessage());
    }
  }
}
