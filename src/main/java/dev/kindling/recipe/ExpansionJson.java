package dev.kindling.recipe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;
import dev.kindling.expand.AxisMap;
import dev.kindling.expand.Expansion;
import dev.kindling.model.SourceTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Expansions as JSON. */
final class ExpansionJson {
  private ExpansionJson() {}

  static void write(Expansion expansion, ObjectNode node) {
    SourceTensorJson.write(expansion.tensor(), node.putObject("small"));
    if (!expansion.added().equals(expansion.tensor())) {
      SourceTensorJson.write(expansion.added(), node.putObject("added"));
    }
    ArrayNode axes = node.putArray("axes");
    expansion.axes().forEach(axis -> write(axis, axes.addObject()));
    node.put("outputs", expansion.outputs());
    node.put("factor", expansion.factor());
    if (expansion.noise().std() > 0) {
      node.putObject("noise")
          .put("axis", expansion.noise().axis())
          .put("std", expansion.noise().std());
    }
  }

  private static void write(AxisMap axis, ObjectNode node) {
    node.put("map", axis.kind().name().toLowerCase(Locale.ROOT));
    ArrayNode parts = node.putArray("parts");
    axis.parts().forEach(part -> parts.addArray().add(part.small()).add(part.large()));
    if (axis.unit() > 1) {
      node.put("unit", axis.unit());
    }
    if (axis.kind() == AxisMap.Kind.DRAWN) {
      node.put("key", axis.key());
    }
    if (axis.division() == AxisMap.Division.BY_COPIES) {
      node.put("divided", true);
    }
  }

  static Expansion parse(JsonCursor cursor) {
    SourceTensor small = SourceTensorJson.parse(cursor.field("small"));
    SourceTensor added = cursor.optional("added").map(SourceTensorJson::parse).orElse(small);
    List<AxisMap> axes = cursor.field("axes").elements().stream().map(ExpansionJson::axis).toList();
    Expansion.Noise noise =
        cursor
            .optional("noise")
            .map(
                found ->
                    new Expansion.Noise(
                        Math.toIntExact(found.field("axis").wholeNumber()),
                        found.field("std").number()))
            .orElse(Expansion.Noise.NONE);
    try {
      return new Expansion(
          small,
          added,
          axes,
          Math.toIntExact(cursor.field("outputs").wholeNumber()),
          cursor.field("factor").number(),
          noise);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw cursor.failure(e.getMessage());
    }
  }

  private static AxisMap axis(JsonCursor cursor) {
    JsonCursor map = cursor.field("map");
    Optional<AxisMap.Kind> kind =
        Arrays.stream(AxisMap.Kind.values())
            .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(map.text()))
            .findFirst();
    List<AxisMap.Part> parts =
        cursor.field("parts").elements().stream().map(ExpansionJson::part).toList();
    try {
      return new AxisMap(
          kind.orElseThrow(() -> map.failure("unknown name '" + map.text() + "'")),
          parts,
          cursor.optional("unit").map(JsonCursor::wholeNumber).orElse(1L),
          cursor.optional("key").map(JsonCursor::text).orElse(""),
          cursor.optional("divided").isPresent()
              ? AxisMap.Division.BY_COPIES
              : AxisMap.Division.NONE);
    } catch (IllegalArgumentException e) {
      throw cursor.failure(e.getMessage());
    }
  }

  private static AxisMap.Part part(JsonCursor cursor) {
    List<JsonCursor> pair = cursor.elements();
    if (pair.size() != 2) {
      throw cursor.failure("wrong length (expected 2, found %d)".formatted(pair.size()));
    }
    try {
      return new AxisMap.Part(pair.get(0).wholeNumber(), pair.get(1).wholeNumber());
    } catch (IllegalArgumentException e) {
      throw cursor.failure(e.getMessage());
    }
  }
}
