package dev.kindling.recipe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.InputException;
import dev.kindling.base.JsonCursor;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Recipes as JSON. Fields stand in a fixed order and numbers in their shortest form, so equal
 * recipes give equal text. The format is described in {@code docs/recipe-format.md}.
 */
public final class RecipeJson {
  private RecipeJson() {}

  /** Returns the recipe as JSON text. */
  public static String toJson(Recipe recipe) {
    return JsonCursor.write(toNode(recipe));
  }

  /** Returns the recipe as a JSON object. */
  public static ObjectNode toNode(Recipe recipe) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.put("format-version", recipe.formatVersion());
    node.put("seed", recipe.seed());
    if (!recipe.presets().isEmpty()) {
      ArrayNode presets = node.putArray("presets");
      recipe.presets().forEach(presets::add);
    }
    ArrayNode tensors = node.putArray("tensors");
    recipe.entries().forEach(entry -> write(entry, tensors.addObject()));
    return node;
  }

  /**
   * Returns the recipe that a JSON text holds.
   *
   * @param json the text
   * @param source where it comes from, for messages
   * @throws InputException if it is not a recipe of a version that this build knows
   */
  public static Recipe parse(String json, String source) {
    return parse(JsonCursor.parse(json, source));
  }

  /**
   * Returns the recipe at a place of a JSON document.
   *
   * @throws InputException if it is not a recipe of a version that this build knows
   */
  public static Recipe parse(JsonCursor cursor) {
    JsonCursor version = cursor.field("format-version");
    if (version.wholeNumber() != Recipe.FORMAT_VERSION) {
      throw version.failure(
          "another format version (expected %d, found %d)"
              .formatted(Recipe.FORMAT_VERSION, version.wholeNumber()));
    }
    long seed = cursor.field("seed").wholeNumber();
    List<RecipeEntry> entries =
        cursor.field("tensors").elements().stream().map(RecipeJson::entry).toList();
    List<String> presets =
        cursor.optional("presets").map(JsonCursor::elements).orElse(List.of()).stream()
            .map(JsonCursor::text)
            .toList();
    return checked(cursor, () -> new Recipe(Recipe.FORMAT_VERSION, seed, presets, entries));
  }

  private static void write(RecipeEntry entry, ObjectNode node) {
    node.put("name", entry.tensor());
    ArrayNode shape = node.putArray("shape");
    entry.shape().dims().forEach(shape::add);
    node.put("type", entry.type().label());
    node.put("role", entry.role().label());
    node.put("layout", label(entry.layout()));
    if (!entry.aliases().isEmpty()) {
      ArrayNode aliases = node.putArray("aliases");
      entry.aliases().forEach(aliases::add);
    }
    node.put("rule", entry.rule());
    if (entry.source() instanceof Source.Drawn drawn) {
      ArrayNode blocks = node.putArray("blocks");
      drawn.blocks().forEach(block -> write(block, blocks.addObject()));
    } else if (entry.source() instanceof Source.External external) {
      write(external.values(), node.putObject("external"));
    } else if (entry.source() instanceof Source.Computed computed) {
      ObjectNode object = node.putObject("computed");
      write(computed.values(), object);
      write(computed.scale(), "scale", object);
      write(computed.shift(), "shift", object);
    } else if (entry.source() instanceof Source.Kept kept) {
      SourceTensorJson.write(kept.tensor(), node.putObject("kept"));
    } else if (entry.source() instanceof Source.Expanded expanded) {
      ExpansionJson.write(expanded.expansion(), node.putObject("expanded"));
    }
  }

  private static void write(Block block, ObjectNode node) {
    node.putArray(block.axis().name().toLowerCase(Locale.ROOT)).add(block.from()).add(block.to());
    if (block.parts() > 1) {
      node.put("parts", block.parts());
    }
    ObjectNode parameters = node.putObject("scheme").putObject(Schemes.name(block.scheme()));
    Schemes.parameters(block.scheme())
        .forEach((name, value) -> parameters.set(name, JsonCursor.MAPPER.valueToTree(value)));
    if (!block.fans().equals(Fans.NONE)) {
      node.putArray("fans").add(block.fans().in()).add(block.fans().out());
    }
    write(block.scale(), "scale", node);
    write(block.shift(), "shift", node);
  }

  private static void write(PerChannel numbers, String name, ObjectNode node) {
    if (numbers.isUniform()) {
      node.put(name, numbers.of(0));
    } else {
      ArrayNode array = node.putArray(name);
      numbers.values().forEach(array::add);
    }
  }

  private static void write(ExternalValues values, ObjectNode node) {
    if (values instanceof ExternalValues.Inline inline) {
      node.put("base64", inline.base64());
    } else if (values instanceof ExternalValues.InFile inFile) {
      node.put("path", inFile.path());
      node.put("tensor", inFile.tensor());
    }
    node.put("crc32c", "%08x".formatted(values.crc32c()));
  }

  private static RecipeEntry entry(JsonCursor cursor) {
    Shape shape =
        checked(
            cursor.field("shape"),
            () ->
                new Shape(
                    cursor.field("shape").elements().stream()
                        .map(JsonCursor::wholeNumber)
                        .toList()));
    JsonCursor layoutField = cursor.field("layout");
    Layout layout =
        known(
            layoutField,
            Arrays.stream(Layout.values())
                .filter(known -> label(known).equals(layoutField.text()))
                .findFirst());
    List<String> aliases =
        cursor.optional("aliases").map(JsonCursor::elements).orElse(List.of()).stream()
            .map(JsonCursor::text)
            .toList();
    return checked(
        cursor,
        () ->
            new RecipeEntry(
                cursor.field("name").text(),
                shape,
                known(cursor.field("type"), ElementType.ofLabel(cursor.field("type").text())),
                known(cursor.field("role"), Role.ofLabel(cursor.field("role").text())),
                layout,
                aliases,
                cursor.field("rule").text(),
                source(cursor)));
  }

  private static Source source(JsonCursor cursor) {
    Optional<JsonCursor> external = cursor.optional("external");
    if (external.isPresent()) {
      return new Source.External(externalValues(external.get()));
    }
    Optional<JsonCursor> computed = cursor.optional("computed");
    if (computed.isPresent()) {
      return new Source.Computed(
          externalValues(computed.get()),
          perChannel(computed.get().field("scale")),
          perChannel(computed.get().field("shift")));
    }
    Optional<JsonCursor> kept = cursor.optional("kept");
    if (kept.isPresent()) {
      return new Source.Kept(SourceTensorJson.parse(kept.get()));
    }
    Optional<JsonCursor> expanded = cursor.optional("expanded");
    if (expanded.isPresent()) {
      return new Source.Expanded(ExpansionJson.parse(expanded.get()));
    }
    return new Source.Drawn(
        cursor.field("blocks").elements().stream().map(RecipeJson::block).toList());
  }

  private static ExternalValues externalValues(JsonCursor cursor) {
    int crc =
        checked(
            cursor.field("crc32c"),
            () -> Integer.parseUnsignedInt(cursor.field("crc32c").text(), 16));
    return cursor
        .optional("base64")
        .<ExternalValues>map(base64 -> new ExternalValues.Inline(base64.text(), crc))
        .orElseGet(
            () ->
                new ExternalValues.InFile(
                    cursor.field("path").text(), cursor.field("tensor").text(), crc));
  }

  private static Block block(JsonCursor cursor) {
    Block.Axis axis = cursor.optional("columns").isPresent() ? Block.Axis.COLUMNS : Block.Axis.ROWS;
    JsonCursor rangeField = cursor.field(axis.name().toLowerCase(Locale.ROOT));
    List<JsonCursor> range = pair(rangeField);
    long parts = cursor.optional("parts").map(JsonCursor::wholeNumber).orElse(1L);
    Fans fans =
        cursor
            .optional("fans")
            .map(RecipeJson::pair)
            .map(
                both ->
                    checked(
                        cursor.field("fans"),
                        () -> new Fans(both.get(0).number(), both.get(1).number())))
            .orElse(Fans.NONE);
    return checked(
        cursor,
        () ->
            new Block(
                axis,
                range.get(0).wholeNumber(),
                range.get(1).wholeNumber(),
                Math.toIntExact(parts),
                scheme(cursor.field("scheme")),
                fans,
                perChannel(cursor.field("scale")),
                perChannel(cursor.field("shift"))));
  }

  private static List<JsonCursor> pair(JsonCursor cursor) {
    List<JsonCursor> elements = cursor.elements();
    if (elements.size() != 2) {
      throw cursor.failure("wrong length (expected 2, found %d)".formatted(elements.size()));
    }
    return elements;
  }

  private static Scheme scheme(JsonCursor cursor) {
    if (!cursor.node().isObject() || cursor.node().size() != 1) {
      throw cursor.failure("expected an object of one scheme");
    }
    String name = cursor.node().fieldNames().next();
    JsonCursor given = cursor.field(name);
    if (!given.node().isObject()) {
      throw given.failure("expected an object of parameters");
    }
    return checked(cursor, () -> Schemes.of(name, parameters(given)));
  }

  private static Map<String, Object> parameters(JsonCursor given) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    given
        .node()
        .fieldNames()
        .forEachRemaining(name -> parameters.put(name, parameter(given.field(name))));
    return parameters;
  }

  private static Object parameter(JsonCursor value) {
    if (value.node().isObject()) {
      return parameters(value);
    }
    return value.node().isTextual() ? value.text() : (Object) value.number();
  }

  private static PerChannel perChannel(JsonCursor cursor) {
    return checked(
        cursor,
        () ->
            cursor.node().isArray()
                ? new PerChannel(cursor.elements().stream().map(JsonCursor::number).toList())
                : PerChannel.all(cursor.number()));
  }

  private static String label(Layout layout) {
    return layout.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <T> T known(JsonCursor cursor, Optional<T> found) {
    return found.orElseThrow(() -> cursor.failure("unknown name '" + cursor.text() + "'"));
  }

  /** Turns the complaints of constructors into complaints about a place of the document. */
  private static <T> T checked(JsonCursor cursor, Supplier<T> create) {
    try {
      return create.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw cursor.failure(e.getMessage());
    }
  }
}
