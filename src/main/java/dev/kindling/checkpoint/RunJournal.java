package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.base.ResourceException;
import dev.kindling.calibrate.CalibratedLayer;
import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.JournalJson;
import dev.kindling.calibrate.RunHeader;
import dev.kindling.forward.Stage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The journal of a calibration in its run's folder: {@code journal.json} says what the run depends
 * on, {@code layer-00000.json} and so on what was found, each put in place whole. A file that has
 * gone or is damaged is as good as none: its layer is judged again.
 */
public final class RunJournal implements Journal {
  private static final String HEADER = "journal.json";

  private final CheckpointFiles files;
  private final FileStore store;
  private final Path folder;
  private final RunHeader header;
  private final String application;

  private RunJournal(CheckpointFiles files, String runId, RunHeader header, String application) {
    this.files = files;
    this.store = FileStore.of(files.fileSystem());
    this.folder = files.run(runId);
    this.header = header;
    this.application = application;
  }

  /**
   * Opens the journal of a run, and begins it if there is none.
   *
   * @param runId the run
   * @param header what it depends on
   * @param existing whether the journals of runs that differ may be thrown away
   * @param application names the application, unique among those that write here
   * @throws ConfigurationException if a run of the same recipe was interrupted here that differs,
   *     or the folder cannot be written
   * @throws ResourceException if the file system failed
   */
  public static RunJournal open(
      CheckpointFiles files,
      String runId,
      RunHeader header,
      ExistingOutput existing,
      String application) {
    RunJournal journal = new RunJournal(files, runId, header, application);
    try {
      journal.settle(existing);
      journal.begin();
    } catch (IOException e) {
      throw journal.notWritten(e);
    }
    return journal;
  }

  /**
   * Opens the journal of a run in a folder that others work in too: their journals are left alone.
   * One of this run from another environment is thrown away.
   *
   * @param runId the run
   * @param header what it depends on
   * @param application names the application, unique among those that write here
   * @throws ConfigurationException if the folder cannot be written
   */
  public static RunJournal shared(
      CheckpointFiles files, String runId, RunHeader header, String application) {
    RunJournal journal = new RunJournal(files, runId, header, application);
    try {
      if (journal.difference(journal.folder).isPresent()) {
        files.fileSystem().delete(journal.folder, true);
      }
      journal.begin();
    } catch (IOException e) {
      throw journal.notWritten(e);
    }
    return journal;
  }

  private ConfigurationException notWritten(IOException e) {
    return new ConfigurationException(
        "Cannot write the journal of a run to '%s': %s"
            .formatted(files.name(), Failures.reason(e)));
  }

  @Override
  public Optional<CalibratedLayer> find(Stage stage) {
    Path file = layer(stage);
    try {
      return text(file)
          .map(json -> JournalJson.parse(json, file.getName()))
          .filter(layer -> layer.result().tensor().equals(stage.layer().weight()));
    } catch (InputException | IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void add(Stage stage, CalibratedLayer layer) {
    try {
      write(layer(stage), JournalJson.toJson(layer, header.sampleDigest()));
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot write the journal of a run to '%s': %s"
              .formatted(files.name(), Failures.reason(e)),
          e);
    }
  }

  /**
   * Throws the journal away.
   *
   * @throws ResourceException if the file system failed
   */
  public void remove() {
    try {
      files.fileSystem().delete(folder, true);
      // Neither goes if it holds something else.
      for (Path above : new Path[] {files.runs(), files.out()}) {
        if (files.fileSystem().listStatus(above).length == 0) {
          files.fileSystem().delete(above, false);
        }
      }
    } catch (FileNotFoundException e) {
      return;
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot remove '%s': %s".formatted(folder, Failures.reason(e)), e);
    }
  }

  private void settle(ExistingOutput existing) throws IOException {
    FileStatus[] runs;
    try {
      runs = files.fileSystem().listStatus(files.runs());
    } catch (FileNotFoundException e) {
      return;
    }
    for (FileStatus run : runs) {
      Optional<String> difference = difference(run.getPath());
      if (difference.isPresent()) {
        settle(run.getPath(), difference.get(), existing);
      }
    }
  }

  private void settle(Path run, String difference, ExistingOutput existing) throws IOException {
    switch (existing) {
      case OVERWRITE -> files.fileSystem().delete(run, true);
      case REFUSE ->
          throw new ConfigurationException(
              "Cannot resume the run in '%s': it was begun with %s; repeat it as it was, choose another folder or give --overwrite to begin again"
                  .formatted(files.name(), difference));
    }
  }

  private Optional<String> difference(Path run) throws IOException {
    try {
      return text(new Path(run, HEADER))
          .map(json -> RunHeader.parse(json, HEADER))
          .filter(other -> other.recipeDigest().equals(header.recipeDigest()))
          .flatMap(other -> other.difference(header));
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  private void begin() throws IOException {
    if (!files.fileSystem().mkdirs(folder)) {
      throw new IOException("folder cannot be created");
    }
    write(new Path(folder, HEADER), header.toJson());
  }

  private Path layer(Stage stage) {
    return new Path(folder, "layer-%05d.json".formatted(stage.index()));
  }

  private void write(Path file, String json) throws IOException {
    Path temporary = new Path(folder, ".%s-%s".formatted(application, file.getName()));
    store.write(
        temporary,
        file,
        out -> {
          out.write(json.getBytes(StandardCharsets.UTF_8));
          return file;
        });
  }

  private Optional<String> text(Path file) throws IOException {
    try (InputStream in = files.fileSystem().open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }
}
