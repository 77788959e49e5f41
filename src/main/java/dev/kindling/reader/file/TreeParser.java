package dev.kindling.reader.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.kindling.base.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses YAML and JSON with lines; duplicate keys, aliases and text behind the document are errors.
 */
public final class TreeParser {
  /** Deeper than any model is written, shallower than any stack. */
  private static final int MAX_DEPTH = 100;

  private final JsonParser parser;
  private final ModelFile file;

  private TreeParser(JsonParser parser, ModelFile file) {
    this.parser = parser;
    this.file = file;
  }

  /** Parses one YAML document. */
  public static Tree yaml(byte[] bytes, ModelFile file) throws IOException {
    return parse(new YAMLFactory(), bytes, file);
  }

  /** Parses one JSON document. */
  public static Tree json(byte[] bytes, ModelFile file) throws IOException {
    return parse(new JsonFactory(), bytes, file);
  }

  private static Tree parse(JsonFactory format, byte[] bytes, ModelFile file) throws IOException {
    try (JsonParser parser = format.createParser(bytes)) {
      return new TreeParser(parser, file).document();
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      throw new InputException(
          "Cannot read model '%s' at line %d: %s"
              .formatted(
                  file.path(), line, e.getOriginalMessage().replaceAll("\\s*\\R\\s*", " ").strip()),
          e);
    }
  }

  private Tree document() throws IOException {
    if (parser.nextToken() == null) {
      throw file.refuse("it is empty");
    }
    Tree tree = tree(0);
    if (parser.nextToken() != null) {
      throw refuse("there is something behind its end");
    }
    return tree;
  }

  private Tree tree(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw refuse("it is nested too deeply (expected at most %d levels)".formatted(MAX_DEPTH));
    }
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw refuse("aliases are not supported: write *%s out".formatted(yaml.getText()));
    }
    int line = parser.currentTokenLocation().getLineNr();
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> fields(depth, line);
      case START_ARRAY -> items(depth, line);
      case VALUE_NULL -> new Tree.Leaf(null, line);
      case VALUE_TRUE, VALUE_FALSE -> new Tree.Leaf(parser.getBooleanValue(), line);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Tree.Leaf(parser.getNumberValue(), line);
      case VALUE_STRING, VALUE_EMBEDDED_OBJECT -> new Tree.Leaf(parser.getText(), line);
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME -> throw refuse("it ends early");
    };
  }

  private Tree fields(int depth, int line) throws IOException {
    Map<String, Tree> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      int keyLine = parser.currentTokenLocation().getLineNr();
      parser.nextToken();
      if (fields.put(key, tree(depth + 1)) != null) {
        throw file.refuse(
            "key '%s'".formatted(key), "line %d has it for the second time".formatted(keyLine));
      }
    }
    return new Tree.Fields(fields, line);
  }

  private Tree items(int depth, int line) throws IOException {
    List<Tree> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(tree(depth + 1));
    }
    return new Tree.Items(items, line);
  }

  private InputException refuse(String reason) {
    return new InputException(
        "Cannot read model '%s' at line %d: %s"
            .formatted(file.path(), parser.currentTokenLocation().getLineNr(), reason));
  }
}
