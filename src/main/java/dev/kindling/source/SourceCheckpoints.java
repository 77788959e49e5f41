package dev.kindling.source;

import dev.kindling.base.InputException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.model.SourceTensor;
import dev.kindling.recipe.SourceCatalog;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Opens other checkpoints by path: a folder of ours, or one that holds {@code model.safetensors} or
 * {@code model.safetensors.index.json}; a file {@code .safetensors}, {@code .json} (the index of
 * several) or {@code .onnx}. Each is opened once.
 */
public final class SourceCheckpoints implements SourceCatalog {
  private static final List<String> IN_FOLDER =
      List.of("model.safetensors.index.json", "model.safetensors", "model.onnx");

  private final Configuration hadoop;
  private final Map<String, SourceCheckpoint> opened = new HashMap<>();

  /** Prepares to open; nothing is read yet. */
  public SourceCheckpoints(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  @Override
  public Map<String, SourceTensor> tensors(String path) {
    return open(path).tensors();
  }

  @Override
  public OptionalDouble meanSquare(SourceTensor tensor) {
    return OptionalDouble.of(open(tensor.path()).meanSquare(tensor));
  }

  /**
   * Returns a checkpoint.
   *
   * @throws InputException if it cannot be read or is none
   */
  public SourceCheckpoint open(String path) {
    return opened.computeIfAbsent(path, this::read);
  }

  private SourceCheckpoint read(String path) {
    try {
      Path given = new Path(path);
      FileSystem files = given.getFileSystem(hadoop);
      Path qualified = files.makeQualified(given);
      return files.getFileStatus(qualified).isDirectory()
          ? folder(files, qualified)
          : file(qualified.toString());
    } catch (FileNotFoundException e) {
      throw failure(path, "there is no such file or folder", e);
    } catch (IOException | IllegalArgumentException e) {
      throw failure(path, firstLine(e), e);
    }
  }

  private SourceCheckpoint folder(FileSystem files, Path folder) throws IOException {
    if (files.exists(new Path(folder, CheckpointFiles.MANIFEST))) {
      return own(files, folder);
    }
    for (String name : IN_FOLDER) {
      if (files.exists(new Path(folder, name))) {
        return file(new Path(folder, name).toString());
      }
    }
    throw new IOException(
        "it is no checkpoint (expected a folder with %s or one of %s)"
            .formatted(CheckpointFiles.MANIFEST, IN_FOLDER));
  }

  private SourceCheckpoint own(FileSystem files, Path folder) {
    try {
      return OwnSource.open(folder.toString(), Checkpoint.open(CheckpointFiles.of(files, folder)));
    } catch (VerificationException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  private SourceCheckpoint file(String path) throws IOException {
    String name = path.toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "safetensors" -> SafetensorsSource.file(path, hadoop);
      case "json" -> SafetensorsSource.index(path, hadoop);
      case "onnx" -> OnnxSource.open(path, hadoop);
      default ->
          throw new IOException(
              "its extension names no known format (expected a folder, .safetensors, .json or .onnx)");
    };
  }

  private static InputException failure(String path, String reason, Exception cause) {
    return new InputException("Cannot read source '%s': %s".formatted(path, reason), cause);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
