package dev.kindling.report;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where pages stand, and what pages of earlier runs say. */
public final class ReportFiles {
  private static final String SUFFIX = ".report.html";

  private ReportFiles() {}

  /**
   * Returns where the page of a checkpoint stands: beside its folder, which holds nothing that
   * differs between runs of the same result.
   */
  public static Path beside(CheckpointFiles files) {
    Path out = files.out();
    return out.getParent() == null
        ? new Path(out, "report.html")
        : new Path(out.getParent(), out.getName() + SUFFIX);
  }

  /** Returns what the page beside a checkpoint says of the run that made it, if it does. */
  public static Optional<RunRecord> run(CheckpointFiles files, String digest) {
    Path page = beside(files);
    return text(files.fileSystem(), page)
        .flatMap(html -> HtmlFile.read(html, page.toString()))
        .flatMap(json -> RunRecord.find(json, digest));
  }

  /**
   * Writes a page, over an earlier one but over nothing else.
   *
   * @throws ConfigurationException if there is a file that is no page of ours
   * @throws ResourceException if the file system failed
   */
  public static void write(FileSystem fs, Path path, Page page) {
    if (text(fs, path).filter(text -> !HtmlFile.isOurs(text)).isPresent()) {
      throw new ConfigurationException(
          "Cannot write the report '%s': there is a file that is no report".formatted(path));
    }
    byte[] bytes = HtmlFile.of(page).getBytes(StandardCharsets.UTF_8);
    WholeFile.write(fs, path, out -> out.write(bytes));
  }

  private static Optional<String> text(FileSystem fs, Path path) {
    try (InputStream stream = fs.open(path)) {
      return Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot read the report '%s': %s".formatted(path, e.getMessage()), e);
    }
  }
}
