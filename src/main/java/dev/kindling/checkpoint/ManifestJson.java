package dev.kindling.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.Sha256;
import dev.kindling.base.VerificationException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The manifest as JSON, in UTF-8, with keys in the order below and two spaces per level:
 *
 * <pre>
 * format-version, writer {name, version}, id, run-id, dtype,
 * layout {shard-bytes, encoding, codec, codec-level, row-group-bytes, page-bytes},
 * digest, tensors [{name, dtype, shape, row-length, role, schemes, crc32, crc32c, mean, std, min, max}],
 * shards [{number, path, length, crc32c, ranges [{tensor, first-row, rows, elements, crc32, crc32c}]}],
 * recipe, calibration (null if there was none), checksum
 * </pre>
 *
 * <p>Checks are 8 lower-case hexadecimal digits; a statistic that is not finite is null. {@code
 * checksum} comes last and is the SHA-256 of the file's bytes with its own 64 digits replaced by
 * zeros, so any change of the file is found.
 */
public final class ManifestJson {
  private static final String WRITER_NAME = "kindling";
  private static final String BLANK = "0".repeat(64);
  private static final String CHECKSUM = "\"checksum\" : \"";
  private static final String END = "\"\n}\n";

  private ManifestJson() {}

  /** Returns the manifest as JSON with its checksum. */
  public static String toJson(Manifest manifest) {
    String blank = Json.indented(toTree(manifest)) + "\n";
    String sum = Sha256.hex(blank.getBytes(StandardCharsets.UTF_8));
    return blank.substring(0, blank.length() - BLANK.length() - END.length()) + sum + END;
  }

  /**
   * Reads a manifest.
   *
   * @param json the bytes of the file
   * @param source its name, for messages
   * @throws VerificationException if it is not a manifest, was changed, or has a version that this
   *     build does not know
   */
  public static Manifest parse(byte[] json, String source) {
    checkSum(json, source);
    try {
      return manifest(new JsonFields(Json.MAPPER.readTree(json), ""), source);
    } catch (JsonProcessingException e) {
      throw bad(source, "it is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw bad(source, "it is not text in UTF-8", e);
    } catch (JsonFields.BadFieldException | IllegalArgumentException e) {
      throw bad(source, e.getMessage(), e);
    }
  }

  private static void checkSum(byte[] json, String source) {
    int digits = json.length - END.length() - BLANK.length();
    int key = digits - CHECKSUM.length();
    if (key < 0 || !has(json, key, CHECKSUM) || !has(json, json.length - END.length(), END)) {
      throw bad(source, "it does not end with its checksum, it is cut off or not a manifest", null);
    }
    String expected = new String(json, digits, BLANK.length(), StandardCharsets.ISO_8859_1);
    byte[] blank = json.clone();
    Arrays.fill(blank, digits, digits + BLANK.length(), (byte) '0');
    String found = Sha256.hex(blank);
    if (!found.equals(expected)) {
      throw bad(
          source,
          "its content was changed (expected SHA-256 %s, found %s)".formatted(expected, found),
          null);
    }
  }

  private static boolean has(byte[] json, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Arrays.equals(json, offset, offset + bytes.length, bytes, 0, bytes.length);
  }

  private static VerificationException bad(String source, String reason, Exception cause) {
    return new VerificationException(
        "Cannot read manifest '%s': %s".formatted(source, reason), cause);
  }

  private static ObjectNode toTree(Manifest manifest) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("format-version", manifest.formatVersion());
    root.putObject("writer").put("name", WRITER_NAME).put("version", manifest.writerVersion());
    root.put("id", manifest.id());
    root.put("run-id", manifest.runId());
    CheckpointLayout layout = manifest.layout();
    root.put("dtype", layout.dtype().label());
    root.putObject("layout")
        .put("shard-bytes", layout.shardBytes())
        .put("encoding", layout.encoding().label())
        .put("codec", layout.codec().label())
        .put("codec-level", layout.codecLevel())
        .put("row-group-bytes", layout.rowGroupBytes())
        .put("page-bytes", layout.pageBytes());
    root.put("digest", manifest.digest());
    ArrayNode tensors = root.putArray("tensors");
    manifest.tensors().forEach(tensor -> put(tensors.addObject(), tensor));
    ArrayNode shards = root.putArray("shards");
    manifest.shards().forEach(shard -> put(shards.addObject(), shard));
    root.set("recipe", Json.parse(manifest.recipeJson()));
    root.set("calibration", Json.parse(manifest.calibrationJson().orElse("null")));
    return root.put("checksum", BLANK);
  }

  private static void put(ObjectNode node, ManifestTensor tensor) {
    node.put("name", tensor.name()).put("dtype", tensor.dtype().label());
    ArrayNode shape = node.putArray("shape");
    tensor.shape().dims().forEach(shape::add);
    node.put("row-length", tensor.rowLength()).put("role", tensor.role().label());
    ArrayNode schemes = node.putArray("schemes");
    tensor.schemes().forEach(schemes::add);
    put(node, tensor.digest());
    putNumber(node, "mean", tensor.mean());
    putNumber(node, "std", tensor.std());
    putNumber(node, "min", tensor.min());
    putNumber(node, "max", tensor.max());
  }

  private static void putNumber(ObjectNode node, String key, double value) {
    if (Double.isFinite(value)) {
      node.put(key, value);
    } else {
      node.putNull(key);
    }
  }

  private static void put(ObjectNode node, ManifestShard shard) {
    node.put("number", shard.number()).put("path", shard.path());
    node.put("length", shard.lengthBytes()).put("crc32c", Crc.hex(shard.crc32c()));
    ArrayNode ranges = node.putArray("ranges");
    for (ManifestRange range : shard.ranges()) {
      ObjectNode object = ranges.addObject();
      object.put("tensor", range.range().tensor());
      object.put("first-row", range.range().firstRow());
      object.put("rows", range.range().rowCount());
      object.put("elements", range.elementCount());
      put(object, range.digest());
    }
  }

  private static void put(ObjectNode node, TensorDigest digest) {
    node.put("crc32", Crc.hex(digest.crc32())).put("crc32c", Crc.hex(digest.crc32c()));
  }

  private static Manifest manifest(JsonFields root, String source) {
    int version = root.smallInteger("format-version");
    if (version != Manifest.FORMAT_VERSION) {
      throw bad(
          source,
          "this build does not know its format version (expected %d, found %d)"
              .formatted(Manifest.FORMAT_VERSION, version),
          null);
    }
    JsonNode calibration = root.node().path("calibration");
    String id = root.id("id");
    return new Manifest(
        version,
        root.fields("writer").text("version"),
        id,
        root.id("run-id"),
        layout(root.fields("layout"), root.word("dtype", ElementType::ofLabel)),
        root.text("digest"),
        root.list("tensors").stream().map(ManifestJson::tensor).toList(),
        root.list("shards").stream().map(shard -> shard(shard, id)).toList(),
        Json.compact(root.object("recipe")),
        calibration.isNull() || calibration.isMissingNode()
            ? Optional.empty()
            : Optional.of(Json.compact(calibration)));
  }

  private static CheckpointLayout layout(JsonFields fields, ElementType dtype) {
    return new CheckpointLayout(
        dtype,
        fields.integer("shard-bytes"),
        fields.word("encoding", PageEncoding::ofLabel),
        fields.word("codec", Codec::ofLabel),
        fields.smallInteger("codec-level"),
        fields.integer("row-group-bytes"),
        fields.integer("page-bytes"));
  }

  private static ManifestTensor tensor(JsonFields fields) {
    return new ManifestTensor(
        fields.text("name"),
        fields.word("dtype", ElementType::ofLabel),
        new Shape(fields.integers("shape")),
        fields.smallInteger("row-length"),
        fields.word("role", Role::ofLabel),
        fields.texts("schemes"),
        digest(fields),
        fields.number("mean"),
        fields.number("std"),
        fields.number("min"),
        fields.number("max"));
  }

  /** A path is where we would write it; no manifest leads a reader to other files. */
  private static ManifestShard shard(JsonFields fields, String id) {
    List<ManifestRange> ranges = fields.list("ranges").stream().map(ManifestJson::range).toList();
    int number = fields.smallInteger("number");
    String path = CheckpointFiles.relativePath(id, ShardSpec.fileName(number));
    return new ManifestShard(
        number,
        fields.exactly("path", path),
        fields.integer("length"),
        fields.crc("crc32c"),
        ranges);
  }

  private static ManifestRange range(JsonFields fields) {
    ShardRange range =
        new ShardRange(fields.text("tensor"), fields.integer("first-row"), fields.integer("rows"));
    return new ManifestRange(range, fields.integer("elements"), digest(fields));
  }

  private static TensorDigest digest(JsonFields fields) {
    return new TensorDigest(fields.crc("crc32"), fields.crc("crc32c"));
  }
}
