package dev.kindling.checkpoint.export;

import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A NumPy file per tensor.
 *
 * @param files the files
 */
public record NpyExport(List<NpyFile> files) implements Export {
  public NpyExport {
    files = List.copyOf(files);
  }

  /**
   * Returns the files of some tensors of a recipe.
   *
   * @param dtype element type of the floats; bfloat16 becomes float32
   * @throws dev.kindling.base.ConfigurationException if a tensor's name is no file name
   */
  public static NpyExport of(List<RecipeEntry> entries, ElementType dtype) {
    return new NpyExport(entries.stream().map(entry -> NpyFile.of(entry, dtype)).toList());
  }

  @Override
  public void finish(ExportSource source, FileSystem fs, Path folder) {
    // Each file stands for itself.
  }
}
