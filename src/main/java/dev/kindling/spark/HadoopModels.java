package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelReader;
import dev.kindling.source.HadoopFolder;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Reads models from any Hadoop file system, in this JVM. */
public final class HadoopModels {
  private HadoopModels() {}

  /** Reads a model. */
  public static Model read(String path, Configuration hadoop) {
    return ModelReader.read(new HadoopFolder(hadoop), path);
  }

  /**
   * Reads a model whose recipe outlives the folder that this JVM was started in: paths of kept
   * values say where they are.
   */
  public static Model readAbsolute(String path, Configuration hadoop) {
    Model model = read(path, hadoop);
    String absolute = absolute(path, hadoop);
    List<Tensor> tensors =
        model.tensors().stream()
            .map(tensor -> tensor.withValues(tensor.values().map(v -> moved(v, absolute))))
            .toList();
    return model.withTensors(tensors);
  }

  private static ExternalValues moved(ExternalValues values, String path) {
    return values instanceof ExternalValues.InFile inFile
        ? new ExternalValues.InFile(path, inFile.tensor(), inFile.crc32c())
        : values;
  }

  /** Returns a path with everything that says where it is, as other machines and days need it. */
  private static String absolute(String path, Configuration hadoop) {
    try {
      Path file = new Path(path);
      return file.getFileSystem(hadoop).makeQualified(file).toString();
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Cannot reach '%s': %s".formatted(path, firstLine(e)), e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
