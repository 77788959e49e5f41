package dev.kindling.source;

import dev.kindling.model.SourceTensor;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import dev.kindling.reader.file.Tree;
import dev.kindling.reader.file.TreeParser;
import dev.kindling.reader.shapes.SafetensorsIndex;
import dev.kindling.reader.shapes.SafetensorsReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** A safetensors file, or the index of several. */
final class SafetensorsSource extends SourceCheckpoint {
  private final Map<String, Place> places;
  private final RangeFile files;

  /** Where a tensor's bytes begin. */
  private record Place(String file, long offset) {}

  private SafetensorsSource(
      String path, Map<String, SourceTensor> tensors, Map<String, Place> places, RangeFile files) {
    super(path, tensors);
    this.places = places;
    this.files = files;
  }

  /** Returns a single file. */
  static SafetensorsSource file(String path, Configuration hadoop) throws IOException {
    ModelFile file = new ModelFile(path);
    try (ModelFolder.Opened opened = new HadoopFolder(hadoop).open(path)) {
      return of(
          file,
          Map.of(file.name(), SafetensorsReader.read(opened.bytes(), opened.length(), file)),
          hadoop);
    }
  }

  /** Returns the shards of an index. */
  static SafetensorsSource index(String path, Configuration hadoop) throws IOException {
    ModelFile file = new ModelFile(path);
    ModelFolder folder = new HadoopFolder(hadoop);
    try (ModelFolder.Opened opened = folder.open(path)) {
      Tree tree = TreeParser.json(opened.bytes().readAllBytes(), file);
      if (!SafetensorsIndex.is(tree)) {
        throw file.refuse("it is no index of safetensors (expected a table 'weight_map')");
      }
      return of(file, SafetensorsIndex.headers(tree, folder, file), hadoop);
    }
  }

  private static SafetensorsSource of(
      ModelFile file, Map<String, SafetensorsReader.Header> headers, Configuration hadoop) {
    Map<String, SourceTensor> tensors = new LinkedHashMap<>();
    Map<String, Place> places = new HashMap<>();
    headers.forEach(
        (shard, header) ->
            header
                .types()
                .forEach(
                    (name, type) -> {
                      if (type.isFloat()) {
                        tensors.put(
                            name,
                            new SourceTensor(
                                file.path(), name, header.shapes().get(name), type, ""));
                        places.put(name, new Place(file.sibling(shard), header.starts().get(name)));
                      }
                    }));
    return new SafetensorsSource(file.path(), tensors, places, new RangeFile(hadoop));
  }

  @Override
  void fill(SourceTensor tensor, long start, ByteBuffer target) {
    Place place = places.get(tensor.name());
    try {
      files.read(place.file(), place.offset() + start * tensor.type().bytes(), target);
    } catch (IOException e) {
      throw refuse(tensor, String.valueOf(e.getMessage()));
    }
  }
}
