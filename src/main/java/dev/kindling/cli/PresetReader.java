package dev.kindling.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.base.UnknownNameException;
import dev.kindling.preset.Preset;
import dev.kindling.preset.Presets;
import dev.kindling.recipe.InitSettings;
import dev.kindling.scheme.Orthogonal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code init.preset}: a name, {@code {name: {parameter: value}}}, or a list of these.
 *
 * @param init the section
 * @param schemes reads parameters that are schemes
 */
record PresetReader(Section init, SchemeReader schemes) {
  private static final String KEY = "preset";

  /** Returns the presets; what is wrong with one becomes a problem of the key. */
  List<Preset> read() {
    List<JsonNode> stated = new ArrayList<>();
    init.value(KEY)
        .ifPresent(
            value -> {
              if (value.isArray()) {
                value.forEach(stated::add);
              } else {
                stated.add(value);
              }
            });
    return stated.stream()
        .flatMap(node -> init.convert(KEY, Optional.of(node), this::preset).stream())
        .toList();
  }

  private Preset preset(JsonNode node) {
    if (node.isTextual()) {
      return Presets.of(node.textValue(), Map.of(), new Orthogonal(1));
    }
    boolean named = node.isObject() && node.size() == 1;
    String name = named ? node.fieldNames().next() : "";
    if (!named || !(node.get(name).isObject() || node.get(name).isNull())) {
      throw new IllegalArgumentException(
          "expected a preset such as fixup or {gpt2: {std: 0.02}}, found " + node);
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    node.get(name)
        .properties()
        .forEach(field -> parameters.put(field.getKey(), parameter(name, field.getValue())));
    return Presets.of(name, parameters, new Orthogonal(1));
  }

  private Object parameter(String preset, JsonNode value) {
    if (preset.equals("looks_linear")) {
      return schemes.read(value);
    }
    return value.isNumber() ? value.numberValue() : value.asText();
  }

  static InitSettings.Undoing undoing(String word) {
    return switch (word) {
      case "refuse" -> InitSettings.Undoing.REFUSE;
      case "force" -> InitSettings.Undoing.FORCE;
      default -> throw new UnknownNameException("word", word, List.of("refuse", "force"));
    };
  }
}
