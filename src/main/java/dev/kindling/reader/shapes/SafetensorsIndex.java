package dev.kindling.reader.shapes;

import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import dev.kindling.reader.file.Tree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code model.safetensors.index.json}: {@code {"weight_map": {"tensor": "shard", ...}}}.
 * Every tensor must be in the shard that the index names, and no shard may hold another.
 */
public final class SafetensorsIndex {
  private final ModelFolder folder;
  private final ModelFile file;

  private SafetensorsIndex(ModelFolder folder, ModelFile file) {
    this.folder = folder;
    this.file = file;
  }

  /** Returns whether a JSON document is such an index. */
  public static boolean is(Tree tree) {
    return tree instanceof Tree.Fields fields
        && fields.fields().get("weight_map") instanceof Tree.Fields;
  }

  /** Returns the model whose shards an index names, from the header of each. */
  public static Model read(Tree tree, ModelFolder folder, ModelFile file) throws IOException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Map<String, ElementType> types = new LinkedHashMap<>();
    for (SafetensorsReader.Header header : headers(tree, folder, file).values()) {
      shapes.putAll(header.shapes());
      types.putAll(header.types());
    }
    return new SafetensorsReader.Header(shapes, types, Map.of()).model(file.name());
  }

  /** Returns the header of each shard that an index names, by the name of its file. */
  public static Map<String, SafetensorsReader.Header> headers(
      Tree tree, ModelFolder folder, ModelFile file) throws IOException {
    return new SafetensorsIndex(folder, file)
        .read((Tree.Fields) ((Tree.Fields) tree).fields().get("weight_map"));
  }

  private Map<String, SafetensorsReader.Header> read(Tree.Fields map) throws IOException {
    Map<String, Set<String>> shards = new LinkedHashMap<>();
    map.fields()
        .forEach(
            (tensor, shard) ->
                shards
                    .computeIfAbsent(name(tensor, shard), key -> new LinkedHashSet<>())
                    .add(tensor));
    Map<String, SafetensorsReader.Header> headers = new LinkedHashMap<>();
    for (Map.Entry<String, Set<String>> shard : shards.entrySet()) {
      SafetensorsReader.Header header = header(shard.getKey());
      compare(shard.getKey(), shard.getValue(), header.shapes().keySet());
      headers.put(shard.getKey(), header);
    }
    if (headers.isEmpty()) {
      throw file.refuse("its weight_map is empty");
    }
    return headers;
  }

  private String name(String tensor, Tree shard) {
    String name =
        shard instanceof Tree.Leaf leaf && leaf.value() instanceof String word ? word : "";
    if (name.isBlank() || name.contains("/") || name.contains("\\") || name.equals("..")) {
      throw file.refuse(
          "tensor '%s'".formatted(tensor),
          "its shard is no file beside the index (found %s)".formatted(shard.describe()));
    }
    return name;
  }

  private SafetensorsReader.Header header(String shard) throws IOException {
    String path = file.sibling(shard);
    try (ModelFolder.Opened opened = folder.open(path)) {
      return SafetensorsReader.read(opened.bytes(), opened.length(), new ModelFile(path));
    }
  }

  private void compare(String shard, Set<String> expected, Set<String> found) {
    for (String tensor : expected) {
      if (!found.contains(tensor)) {
        throw differs(tensor, "the index has it in %s, which does not hold it".formatted(shard));
      }
    }
    for (String tensor : found) {
      if (!expected.contains(tensor)) {
        throw differs(tensor, "%s holds it, but the index does not have it there".formatted(shard));
      }
    }
  }

  private InputException differs(String tensor, String reason) {
    return file.refuse("tensor '%s'".formatted(tensor), reason);
  }
}
