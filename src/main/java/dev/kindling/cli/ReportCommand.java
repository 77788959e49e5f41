package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.report.CheckpointPage;
import dev.kindling.report.Page;
import dev.kindling.report.ReportFiles;
import dev.kindling.spark.Cluster;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a page about checkpoints. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Writes one HTML file that shows a checkpoint, or compares several: what was initialised and how, warnings,"
            + " variance and scale of each layer, values against their scheme, singular values. It needs no network."
            + " Starts no Spark.")
final class ReportCommand implements Callable<Integer> {
  /** Number of tensors whose values are shown where nothing is said. */
  static final int TENSORS = 48;

  @Parameters(arity = "1..*", paramLabel = "CKPT", description = "Folders of checkpoints.")
  private List<String> folders;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The HTML file. Default: CKPT.report.html beside the folder, report.html for several. An earlier report is"
              + " replaced, any other file is not.")
  private Optional<String> out = Optional.empty();

  @Option(
      names = "--tensors",
      paramLabel = "COUNT",
      defaultValue = "" + TENSORS,
      description = "Shows the values of so many tensors, the largest. Default: ${DEFAULT-VALUE}.")
  private int tensors;

  @Spec private picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (tensors < 0) {
      throw new ConfigurationException(
          "Cannot write a report with --tensors %d (expected 0 or more)".formatted(tensors));
    }
    Configuration hadoop = Cluster.hadoop();
    CheckpointPage page = new CheckpointPage(Main.version(), tensors);
    for (String folder : folders) {
      Checkpoint checkpoint = Sources.checkpoint(folder, hadoop);
      CheckpointFiles files = OutputOptions.files(folder, hadoop);
      page.add(
          Names.of(files.out()),
          checkpoint,
          ReportFiles.run(files, checkpoint.manifest().digest()));
    }
    CheckpointFiles target = OutputOptions.files(target(hadoop), hadoop);
    ReportFiles.write(target.fileSystem(), target.out(), read(page));
    spec.commandLine().getOut().printf("Report      %s%n", Names.of(target.out()));
    return 0;
  }

  private String target(Configuration hadoop) {
    return out.orElseGet(
        () -> {
          Path beside = ReportFiles.beside(OutputOptions.files(folders.get(0), hadoop));
          return folders.size() == 1 ? beside.toString() : "report.html";
        });
  }

  /** Nothing was asked to be verified, so damaged values are bad input. */
  private static Page read(CheckpointPage page) throws IOException {
    try {
      return page.page();
    } catch (VerificationException e) {
      throw new InputException(e.getMessage(), e);
    }
  }
}
