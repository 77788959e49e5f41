package dev.kindling.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Schemes as a configuration writes them: {@code he_normal}, {@code {he_normal: {mode: fan_out}}}.
 *
 * @param convention how names are read
 */
record SchemeReader(Convention convention) {
  /**
   * Returns the scheme of a node.
   *
   * @throws IllegalArgumentException if it is none
   */
  Scheme read(JsonNode node) {
    if (node.isTextual()) {
      return Schemes.of(node.textValue(), Map.of(), convention);
    }
    if (!node.isObject() || node.size() != 1) {
      throw new IllegalArgumentException(
          "expected a scheme such as he_normal or {he_normal: {mode: fan_out}}, found " + node);
    }
    String name = node.fieldNames().next();
    if (!node.get(name).isObject() && !node.get(name).isNull()) {
      throw new IllegalArgumentException(
          "parameters of %s are no map of keys (expected for example {normal: {std: 0.02}}, found %s)"
              .formatted(name, node.get(name)));
    }
    return Schemes.of(name, parameters(node.get(name)), convention);
  }

  private static Map<String, Object> parameters(JsonNode given) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    given
        .properties()
        .forEach(field -> parameters.put(field.getKey(), parameter(field.getValue())));
    return parameters;
  }

  private static Object parameter(JsonNode value) {
    if (value.isObject()) {
      return parameters(value);
    }
    return value.isNumber() ? value.numberValue() : value.asText();
  }
}
