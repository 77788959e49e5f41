package dev.kindling.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The fields of a JSON object, read strictly.
 *
 * @param node the object
 * @param place where it stands in the document, for messages
 */
record JsonFields(JsonNode node, String place) {
  /** A field that is missing or not what it should be. */
  static final class BadFieldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadFieldException(String place, String expected, JsonNode found) {
      super(
          "%s is not %s (found %s)"
              .formatted(place, expected, found.isMissingNode() ? "nothing" : abbreviated(found)));
    }

    private static String abbreviated(JsonNode node) {
      String text = node.toString();
      return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }
  }

  String text(String key) {
    return checked(key, "a text", JsonNode::isTextual).textValue();
  }

  long integer(String key) {
    return checked(key, "a whole number of at least 0", JsonFields::isCount).longValue();
  }

  int smallInteger(String key) {
    return (int)
        checked(key, "a whole number below 2^31", node -> isCount(node) && node.canConvertToInt())
            .longValue();
  }

  /** Returns a number, or NaN where null stands for one that is not finite. */
  double number(String key) {
    JsonNode field = checked(key, "a number", value -> value.isNumber() || value.isNull());
    return field.isNull() ? Double.NaN : field.doubleValue();
  }

  int crc(String key) {
    JsonNode field =
        checked(
            key,
            "8 hexadecimal digits",
            node -> node.isTextual() && node.textValue().matches("[0-9a-f]{8}"));
    return Integer.parseUnsignedInt(field.textValue(), 16);
  }

  /** Returns a text that can be no other one. */
  String exactly(String key, String expected) {
    return checked(
            key,
            "'" + expected + "'",
            node -> node.isTextual() && node.textValue().equals(expected))
        .textValue();
  }

  /** Returns a name that we give to folders: of 16 hexadecimal digits, so of no other folder. */
  String id(String key) {
    return checked(
            key,
            "16 hexadecimal digits",
            node -> node.isTextual() && node.textValue().matches("[0-9a-f]{16}"))
        .textValue();
  }

  <T> T word(String key, Function<String, Optional<T>> parse) {
    return parse
        .apply(text(key))
        .orElseThrow(() -> new BadFieldException(at(key), "a known word", node.path(key)));
  }

  JsonNode object(String key) {
    return checked(key, "an object", JsonNode::isObject);
  }

  JsonFields fields(String key) {
    return new JsonFields(object(key), at(key));
  }

  /** Returns the elements of an array, each an object. */
  List<JsonFields> list(String key) {
    List<JsonFields> fields = new ArrayList<>();
    for (JsonNode element : checked(key, "an array", JsonNode::isArray)) {
      String elementPlace = "%s[%d]".formatted(at(key), fields.size());
      if (!element.isObject()) {
        throw new BadFieldException(elementPlace, "an object", element);
      }
      fields.add(new JsonFields(element, elementPlace));
    }
    return fields;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : checked(key, "an array", JsonNode::isArray)) {
      texts.add(element.asText());
    }
    return texts;
  }

  List<Long> integers(String key) {
    List<Long> integers = new ArrayList<>();
    for (JsonNode element : checked(key, "an array", JsonNode::isArray)) {
      if (!isCount(element)) {
        throw new BadFieldException(at(key), "an array of whole numbers", element);
      }
      integers.add(element.longValue());
    }
    return integers;
  }

  private JsonNode checked(String key, String expected, Predicate<JsonNode> isRight) {
    JsonNode field = node.path(key);
    if (!isRight.test(field)) {
      throw new BadFieldException(at(key), expected, field);
    }
    return field;
  }

  private String at(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  private static boolean isCount(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
  }
}
