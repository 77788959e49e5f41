package dev.kindling.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a shard says of itself in its footer's key-value metadata, sorted by key: {@code
 * kindling.body-crc32c} (CRC-32C of all bytes in front of the four that check the footer), {@code
 * kindling.id}, {@code kindling.ranges} (a JSON array of objects with {@code tensor}, {@code
 * first-row}, {@code rows}, {@code row-length}, {@code elements}, {@code crc32}, {@code crc32c})
 * and {@code kindling.shard} (its number).
 *
 * @param id id of the checkpoint
 * @param number number of the shard
 * @param bodyCrc32c check of the body
 * @param ranges what it holds, in order
 */
record ShardIdentity(String id, int number, int bodyCrc32c, List<StoredRange> ranges) {
  private static final String BODY = "kindling.body-crc32c";
  private static final String ID = "kindling.id";
  private static final String RANGES = "kindling.ranges";
  private static final String SHARD = "kindling.shard";

  /**
   * A range as the footer has it.
   *
   * @param range the rows
   * @param rowLength values in every row but the last of the tensor
   * @param elementCount values in all of them
   * @param digest their digest
   */
  record StoredRange(ShardRange range, int rowLength, long elementCount, TensorDigest digest) {
    StoredRange {
      if (rowLength < 1
          || rowLength > RowLength.MAX
          || elementCount <= (range.rowCount() - 1) * rowLength
          || elementCount > range.rowCount() * rowLength) {
        throw new IllegalArgumentException("elements do not fit the rows of " + range.tensor());
      }
    }
  }

  ShardIdentity {
    ranges = List.copyOf(ranges);
  }

  Map<String, String> toMetadata() {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(BODY, Crc.hex(bodyCrc32c));
    metadata.put(ID, id);
    metadata.put(RANGES, rangesJson());
    metadata.put(SHARD, String.valueOf(number));
    return metadata;
  }

  /**
   * Reads the metadata of a footer whose check has passed.
   *
   * @throws IllegalArgumentException if it is not a shard's
   */
  static ShardIdentity parse(Map<String, String> metadata) {
    for (String key : List.of(BODY, ID, RANGES, SHARD)) {
      if (!metadata.containsKey(key)) {
        throw new IllegalArgumentException("footer has no " + key);
      }
    }
    return new ShardIdentity(
        metadata.get(ID),
        Integer.parseInt(metadata.get(SHARD)),
        Integer.parseUnsignedInt(metadata.get(BODY), 16),
        parseRanges(metadata.get(RANGES)));
  }

  private String rangesJson() {
    ArrayNode array = Json.MAPPER.createArrayNode();
    for (StoredRange stored : ranges) {
      ObjectNode node = array.addObject();
      node.put("tensor", stored.range.tensor());
      node.put("first-row", stored.range.firstRow());
      node.put("rows", stored.range.rowCount());
      node.put("row-length", stored.rowLength);
      node.put("elements", stored.elementCount);
      node.put("crc32", Crc.hex(stored.digest.crc32()));
      node.put("crc32c", Crc.hex(stored.digest.crc32c()));
    }
    return Json.compact(array);
  }

  private static List<StoredRange> parseRanges(String json) {
    List<StoredRange> ranges = new ArrayList<>();
    for (JsonNode node : Json.parse(json)) {
      ShardRange range =
          new ShardRange(
              node.path("tensor").asText(),
              node.path("first-row").asLong(-1),
              node.path("rows").asLong(-1));
      TensorDigest digest =
          new TensorDigest(
              Integer.parseUnsignedInt(node.path("crc32").asText(), 16),
              Integer.parseUnsignedInt(node.path("crc32c").asText(), 16));
      int rowLength = node.path("row-length").asInt(-1);
      ranges.add(new StoredRange(range, rowLength, node.path("elements").asLong(-1), digest));
    }
    return ranges;
  }
}
