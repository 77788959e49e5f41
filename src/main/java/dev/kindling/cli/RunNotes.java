package dev.kindling.cli;

import dev.kindling.base.UserException;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.Progress;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.model.Model;
import dev.kindling.report.CheckpointPage;
import dev.kindling.report.ReportFiles;
import dev.kindling.report.RunRecord;
import dev.kindling.report.ShellWord;
import dev.kindling.report.StructureTables;
import dev.kindling.structure.Structure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Model.CommandSpec;

/** What a run knows and its checkpoint does not hold; writes the report that does. */
final class RunNotes {
  private final CommandSpec spec;
  private final Model model;
  private final List<String> notes;
  private final Map<String, Double> seconds = new TreeMap<>();

  RunNotes(CommandSpec spec, Model model, List<String> notes) {
    this.spec = spec;
    this.model = model;
    this.notes = List.copyOf(notes);
  }

  /** Returns what notes the time of each layer and tells {@code other}. */
  Progress heardBy(Progress other) {
    return new Progress() {
      @Override
      public void calibrated(LayerResult result, long nanos) {
        if (result.samples() > 0) {
          seconds.put(result.layer(), nanos * 1e-9);
        }
        other.calibrated(result, nanos);
      }

      @Override
      public void replayed(LayerResult result) {
        other.replayed(result);
      }
    };
  }

  /**
   * Writes the report beside a checkpoint and prints where it is. The checkpoint is whole by then:
   * a report that cannot be written is no failure of the run.
   */
  void report(CheckpointFiles files, Manifest manifest) {
    Path path = ReportFiles.beside(files);
    try {
      Optional<RunRecord> earlier = ReportFiles.run(files, manifest.digest());
      // A run that found its work done has measured nothing; the first one's page says more.
      RunRecord run = seconds.isEmpty() ? earlier.orElseGet(() -> of(manifest)) : of(manifest);
      CheckpointPage page =
          new CheckpointPage(Main.version(), ReportCommand.TENSORS)
              .add(Names.of(files.out()), Checkpoint.of(files, manifest), Optional.of(run));
      ReportFiles.write(files.fileSystem(), path, page.page());
      spec.commandLine().getOut().printf("%nReport      %s%n", Names.of(path));
    } catch (IOException | UserException e) {
      spec.commandLine().getErr().println("Note: there is no report: " + e.getMessage());
    }
  }

  private RunRecord of(Manifest manifest) {
    Structure structure = Structure.of(model);
    return new RunRecord(
        manifest.digest(),
        command(),
        notes,
        seconds,
        StructureTables.branches(structure),
        StructureTables.attentions(structure));
  }

  private String command() {
    return "jobs/kindling "
        + ShellWord.line(spec.root().commandLine().getParseResult().originalArgs());
  }
}
