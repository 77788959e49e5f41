package dev.kindling.checkpoint.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.checkpoint.Json;
import dev.kindling.checkpoint.WholeFile;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint as Hugging Face has it: one {@code model.safetensors}, or {@code
 * model-00001-of-000NN.safetensors} with {@code model.safetensors.index.json}. A tensor is never
 * cut. The format cannot share values, so a tied tensor stands once under each of its names.
 *
 * @param files the files in order
 */
public record SafetensorsExport(List<SafetensorsFile> files) implements Export {
  public SafetensorsExport {
    files = List.copyOf(files);
  }

  /**
   * Returns the files of some tensors of a recipe.
   *
   * @param dtype element type that floats get; all others keep theirs
   * @param shardBytes values in a file at most, in bytes, except that it holds at least one tensor
   */
  public static SafetensorsExport of(
      List<RecipeEntry> entries, ElementType dtype, long shardBytes) {
    List<StoredTensor> tensors =
        entries.stream().flatMap(entry -> named(StoredTensor.of(entry, dtype))).toList();
    List<List<StoredTensor>> shards = Packing.of(tensors, shardBytes);
    List<SafetensorsFile> files = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      String name =
          shards.size() == 1
              ? "model.safetensors"
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      files.add(new SafetensorsFile(name, shards.get(i)));
    }
    return new SafetensorsExport(files);
  }

  private static Stream<StoredTensor> named(StoredTensor tensor) {
    return Stream.concat(Stream.of(tensor), tensor.entry().aliases().stream().map(tensor::named));
  }

  /** {@inheritDoc} The index comes last; a single file has none. */
  @Override
  public void finish(ExportSource source, FileSystem fs, Path folder) {
    files.forEach(file -> file.check(fs, folder));
    if (files.size() > 1) {
      byte[] index = index().getBytes(StandardCharsets.UTF_8);
      WholeFile.write(
          fs, new Path(folder, "model.safetensors.index.json"), out -> out.write(index));
    }
  }

  private String index() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.putObject("metadata")
        .put("total_size", files.stream().mapToLong(SafetensorsFile::valueBytes).sum());
    ObjectNode map = root.putObject("weight_map");
    for (SafetensorsFile file : files) {
      file.tensors().forEach(tensor -> map.put(tensor.name(), file.name()));
    }
    return Json.indented(root) + "\n";
  }
}
