package dev.kindling.source;

import dev.kindling.reader.file.ModelFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Opens files of any Hadoop file system. */
public record HadoopFolder(Configuration hadoop) implements ModelFolder {
  @Override
  public Opened open(String path) throws IOException {
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(file);
      if (status.isDirectory()) {
        throw new IOException("it is a folder (expected a file)");
      }
      return new Opened(files.open(file), OptionalLong.of(status.getLen()));
    } catch (FileNotFoundException e) {
      FileNotFoundException missing = new FileNotFoundException("there is no such file");
      missing.initCause(e);
      throw missing;
    } catch (IllegalArgumentException e) {
      throw new IOException(firstLine(e), e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
