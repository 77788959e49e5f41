package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelReader;
import dev.kindling.reader.file.ModelFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads models from any Hadoop file system, in this JVM. */
public final class HadoopModels {
  private HadoopModels() {}

  /** Reads a model. */
  public static Model read(String path, Configuration hadoop) {
    return ModelReader.read(name -> open(name, hadoop), path);
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

  private static ModelFolder.Opened open(String path, Configuration hadoop) throws IOException {
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(file);
      if (status.isDirectory()) {
        throw new IOException("it is a folder (expected a file)");
      }
      return new ModelFolder.Opened(files.open(file), OptionalLong.of(status.getLen()));
    } catch (FileNotFoundException e) {
      FileNotFoundException missing = new FileNotFoundException("there is no such file");
      missing.initCause(e);
      throw missing;
    } catch (IllegalArgumentException e) {
      throw new IOException(firstLine(e), e);
    }
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
