package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.model.ExternalValues;
import dev.kindling.reader.file.ModelFolder;
import dev.kindling.reader.graph.OnnxValues;
import dev.kindling.recipe.ExternalFiles;
import dev.kindling.recipe.SourceReader;
import dev.kindling.source.SourceCheckpoints;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/** Hadoop's file systems as seen from the driver, for executors. */
final class HadoopFiles implements ExternalFiles, Serializable {
  private static final long serialVersionUID = 1L;

  private final SerializableConfiguration configuration;

  HadoopFiles(Configuration configuration) {
    this.configuration = new SerializableConfiguration(configuration);
  }

  /** Returns the file system of a path. */
  FileSystem of(Path path) throws IOException {
    return path.getFileSystem(configuration.value());
  }

  @Override
  public ByteBuffer read(ExternalValues.InFile values) {
    try {
      return OnnxValues.read(this::openFile, values.path(), values.tensor());
    } catch (IOException e) {
      throw new InputException(
          "Cannot read the kept tensor '%s' in %s: %s"
              .formatted(values.tensor(), values.path(), e.getMessage()),
          e);
    }
  }

  @Override
  public SourceReader open(String path) {
    return new SourceCheckpoints(configuration.value()).open(path);
  }

  private ModelFolder.Opened openFile(String name) throws IOException {
    Path path = new Path(name);
    long length = of(path).getFileStatus(path).getLen();
    return new ModelFolder.Opened(of(path).open(path), OptionalLong.of(length));
  }
}
