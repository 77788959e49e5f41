package dev.kindling.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A place in a JSON document that knows its path, so that every complaint names file and place.
 *
 * @param node what stands there
 * @param source the file, for messages
 * @param place the path from the document's root, such as {@code tensors[3].shape}
 */
public record JsonCursor(JsonNode node, String source, String place) {
  /**
   * Writes doubles in their shortest form and lines that end with LF, whatever the JDK and the
   * platform have, so that hashes of JSON agree.
   */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .defaultPrettyPrinter(
              new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Returns the root of a document.
   *
   * @throws InputException if it is not JSON
   */
  public static JsonCursor parse(String json, String source) {
    try {
      JsonNode root = MAPPER.readTree(json);
      return new JsonCursor(root, source, "");
    } catch (JsonProcessingException e) {
      String line = e.getLocation() == null ? "?" : String.valueOf(e.getLocation().getLineNr());
      throw new InputException(
          "Cannot read %s at line %s: not valid JSON (%s)"
              .formatted(source, line, e.getOriginalMessage()),
          e);
    }
  }

  /** Returns a document with indentation and shortest doubles. */
  public static String write(JsonNode document) {
    try {
      return MAPPER.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns the field of this name.
   *
   * @throws InputException if there is none
   */
  public JsonCursor field(String name) {
    return optional(name).orElseThrow(() -> failure("field '" + name + "' is missing"));
  }

  /** Returns the field of this name, if there is one. */
  public Optional<JsonCursor> optional(String name) {
    JsonNode field = node.get(name);
    return Optional.ofNullable(field)
        .map(found -> new JsonCursor(found, source, place.isEmpty() ? name : place + "." + name));
  }

  /**
   * Returns the elements of an array.
   *
   * @throws InputException if this is none
   */
  public List<JsonCursor> elements() {
    if (!node.isArray()) {
      throw unexpected("an array");
    }
    List<JsonCursor> elements = new ArrayList<>();
    for (JsonNode element : node) {
      elements.add(new JsonCursor(element, source, place + "[" + elements.size() + "]"));
    }
    return elements;
  }

  /**
   * Returns the text that stands here.
   *
   * @throws InputException if it is none
   */
  public String text() {
    if (!node.isTextual()) {
      throw unexpected("a text");
    }
    return node.textValue();
  }

  /**
   * Returns the whole number that stands here.
   *
   * @throws InputException if it is none or does not fit a long
   */
  public long wholeNumber() {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw unexpected("a whole number");
    }
    return node.longValue();
  }

  /**
   * Returns the number that stands here.
   *
   * @throws InputException if it is none
   */
  public double number() {
    if (!node.isNumber()) {
      throw unexpected("a number");
    }
    return node.doubleValue();
  }

  /** Returns an exception that says what is wrong at this place. */
  public InputException failure(String reason) {
    return new InputException(
        "Cannot read %s at %s: %s".formatted(source, place.isEmpty() ? "the top" : place, reason));
  }

  private InputException unexpected(String expected) {
    String found =
        node.isValueNode() ? node.toString() : node.getNodeType().name().toLowerCase(Locale.ROOT);
    return failure(
        "unexpected value (expected %s, found %s)"
            .formatted(expected, PlainText.abbreviated(found)));
  }
}
