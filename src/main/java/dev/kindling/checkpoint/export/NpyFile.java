package dev.kindling.checkpoint.export;

import dev.kindling.base.ConfigurationException;
import dev.kindling.checkpoint.WholeFile;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A tensor as NumPy's {@code .npy}; bfloat16 becomes float32, which is exact.
 *
 * @param tensor the tensor
 */
public record NpyFile(StoredTensor tensor) implements ExportFile {
  /**
   * Returns the file of a tensor.
   *
   * @throws ConfigurationException if its name is no file name
   */
  static NpyFile of(RecipeEntry entry, ElementType dtype) {
    String name = entry.tensor();
    if (name.contains("/") || name.contains(":") || name.startsWith(".")) {
      throw new ConfigurationException(
          "Cannot export tensor '%s' as .npy: its name is no file name".formatted(name));
    }
    return new NpyFile(StoredTensor.of(entry, NpyHead.dtype(dtype)));
  }

  @Override
  public void write(ExportSource source, FileSystem fs, Path folder) {
    WholeFile.write(
        fs,
        new Path(folder, tensor.name() + ".npy"),
        out -> {
          out.write(NpyHead.of(tensor.type(), tensor.entry().shape()));
          source.write(tensor, out);
        });
  }
}
