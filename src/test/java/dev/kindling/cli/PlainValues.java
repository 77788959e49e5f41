package dev.kindling.cli;

import dev.kindling.checkpoint.DrawnTensors;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** Values of a recipe that this JVM computes in one thread, without Spark, shards and pieces. */
final class PlainValues {
  private PlainValues() {}

  /** Returns the CRC-32 of each tensor's float32 values. */
  static Map<String, Integer> crc32(Recipe recipe) throws IOException {
    Map<String, Integer> checks = new TreeMap<>();
    DrawnTensors tensors = tensors(recipe);
    for (DrawnTensors.Outline outline : tensors.outlines()) {
      CRC32 check = new CRC32();
      tensors.read(
          outline.name(),
          0,
          outline.shape().elementCount(),
          (start, values) -> check.update(values.duplicate()));
      checks.put(outline.name(), (int) check.getValue());
    }
    return checks;
  }

  static DrawnTensors tensors(Recipe recipe) {
    RecipeValues values =
        new RecipeValues(
            recipe.seed(),
            KernelsLoader.load(KernelsMode.AUTO).kernels(),
            file -> ByteBuffer.allocate(0));
    return new DrawnTensors(recipe, values, ElementType.F32);
  }
}
