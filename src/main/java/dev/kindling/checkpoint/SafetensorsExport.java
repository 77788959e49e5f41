package dev.kindling.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.model.ElementType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint as Hugging Face has it: one {@code model.safetensors}, or {@code
 * model-00001-of-000NN.safetensors} with {@code model.safetensors.index.json}. A tensor is never
 * cut.
 *
 * @param files the files in order
 */
public record SafetensorsExport(List<SafetensorsFile> files) {
  public SafetensorsExport {
    files = List.copyOf(files);
  }

  /**
   * Returns the files of a checkpoint.
   *
   * @param dtype element type that they get
   * @param shardBytes values in a file at most, in bytes, except that it holds at least one tensor
   */
  public static SafetensorsExport of(Manifest manifest, ElementType dtype, long shardBytes) {
    List<List<SafetensorsFile.StoredTensor>> shards = new ArrayList<>();
    long free = 0;
    for (ManifestTensor tensor : manifest.tensors()) {
      long bytes = tensor.shape().elementCount() * dtype.bytes();
      if (shards.isEmpty() || bytes > free) {
        shards.add(new ArrayList<>());
        free = shardBytes;
      }
      free -= bytes;
      shards
          .get(shards.size() - 1)
          .add(new SafetensorsFile.StoredTensor(tensor.name(), tensor.shape().dims()));
    }
    List<SafetensorsFile> files = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      String name =
          shards.size() == 1
              ? "model.safetensors"
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      files.add(new SafetensorsFile(name, dtype, shards.get(i)));
    }
    return new SafetensorsExport(files);
  }

  /**
   * Checks the heads of all files and writes the index, which comes last; a single file has none.
   *
   * @throws dev.kindling.base.VerificationException if a file is not what was written
   */
  public void finish(FileSystem fs, Path folder) {
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
