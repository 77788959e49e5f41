package dev.kindling.cli;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.RunJournal;
import dev.kindling.model.Model;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.LsuvJob;
import dev.kindling.spark.Sample;
import dev.kindling.spark.Tally;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plans, calibrates and materialises. */
@Command(
    name = "lsuv",
    mixinStandardHelpOptions = true,
    description =
        "Initialises a model, scales its layers to unit variance over a sample of a dataset (LSUV), and writes the checkpoint.")
final class LsuvCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;
  @Mixin private WidthOptions width;
  @Mixin private OutputOptions outputOptions;
  @Mixin private KernelsOptions kernelsOptions;

  @Option(
      names = "--strict",
      description =
          "Ends with exit code 3, before anything is written, if a layer had to be left alone.")
  private boolean strict;

  @Option(
      names = "--no-report",
      description = "Writes no report, which otherwise stands beside the checkpoint's folder.")
  private boolean noReport;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Configuration configuration = configurationOptions.read(hadoop);
    CheckpointFiles files = outputOptions.files(configuration, hadoop);
    CheckpointLayout layout = configuration.output().layout();
    Model model = ModelFiles.read(configuration, hadoop);
    LsuvInputs planned = LsuvInputs.of(configuration, model);
    boolean labels = OutputLabels.areNeeded(configuration);
    configuration
        .output()
        .notes()
        .forEach(note -> spec.commandLine().getErr().println("Note: " + note));
    PrintWriter out = spec.commandLine().getOut();
    try (Cluster cluster =
        Cluster.open(
            "kindling lsuv " + configuration.source(),
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      LsuvInputs inputs =
          labels ? LsuvInputs.of(OutputLabels.read(configuration, cluster), model) : planned;
      inputs.notes().forEach(note -> spec.commandLine().getErr().println("Note: " + note));
      TextTable.wrap(inputs.headline(), width.columns()).forEach(out::println);
      out.println();
      out.flush();
      cluster.requireForward();
      Sample sample = inputs.sample(cluster);
      noteOnBadRows(inputs, sample.rows());
      LsuvJob job = inputs.job();
      String runId = job.runId(sample);
      Materialisation materialisation =
          new Materialisation(files, layout, outputOptions.existing(), runId);
      Manifest manifest = materialisation.complete().orElse(null);
      RunNotes run = new RunNotes(spec, model, inputs.notes());
      if (manifest != null) {
        printAgain(inputs, manifest, out);
      } else {
        noteOnCheck(inputs, sample);
        RunJournal journal =
            RunJournal.open(
                files,
                runId,
                job.header(sample),
                outputOptions.existing(),
                cluster.applicationId());
        LsuvJob.Calibrated calibrated =
            calibrate(inputs, sample, files.run(runId), journal, cluster, run);
        manifest =
            materialisation.write(
                cluster,
                calibrated.recipe(),
                Optional.of(CalibrationJson.toJson(calibrated.calibration())));
      }
      Materialisation.printTotals(manifest, files, out);
      if (!noReport) {
        run.report(files, manifest);
      }
      Materialisation.printNext(files, out);
      return 0;
    }
  }

  private LsuvJob.Calibrated calibrate(
      LsuvInputs inputs,
      Sample sample,
      Path runFolder,
      RunJournal journal,
      Cluster cluster,
      RunNotes run) {
    LayerTable table = inputs.table(width.columns(), spec.commandLine().getOut());
    table.printHeader();
    LsuvJob.Calibrated calibrated =
        inputs
            .job()
            .calibrate(sample, cluster.stageRunner(sample, runFolder), journal, run.heardBy(table));
    judge(calibrated.calibration().layers(), journal);
    noteOnFreshRows(inputs.settings(), calibrated.calibration().layers());
    return calibrated;
  }

  private void noteOnBadRows(LsuvInputs inputs, Tally rows) {
    if (rows.bad() > 0) {
      spec.commandLine()
          .getErr()
          .println(
              "Note: %,d of %,d rows of %s are bad and were left out, for example: %s"
                  .formatted(rows.bad(), rows.rows(), inputs.data().path(), rows.problem()));
    }
  }

  private void noteOnCheck(LsuvInputs inputs, Sample sample) {
    if (sample.layout().check() == 0 && !inputs.settings().check().equals(Optional.of(0))) {
      spec.commandLine()
          .getErr()
          .println(
              "Note: %s has too few rows left to check the result on fresh ones (expected more than one micro-batch of %d)"
                  .formatted(inputs.data().path(), inputs.settings().microBatch()));
    }
  }

  private void noteOnFreshRows(LsuvSettings settings, List<LayerResult> layers) {
    List<String> outside =
        layers.stream()
            .filter(
                layer ->
                    layer.fresh().isPresent()
                        && !layer.fresh().get().covers(settings.targetVariance()))
            .map(LayerResult::layer)
            .toList();
    if (!outside.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "Note: on fresh rows the variance of %s differs from %s; a larger lsuv.batch brings it closer"
                  .formatted(String.join(", ", outside), settings.targetVariance()));
    }
  }

  private void judge(List<LayerResult> layers, RunJournal journal) {
    List<String> leftAlone =
        layers.stream()
            .filter(LayerResult::isLeftAlone)
            .map(
                layer ->
                    "Layer '%s' was left alone: %s".formatted(layer.layer(), layer.leftAlone()))
            .toList();
    if (strict && !leftAlone.isEmpty()) {
      journal.remove();
      throw new InputException(leftAlone);
    }
    leftAlone.forEach(spec.commandLine().getErr()::println);
  }

  private void printAgain(LsuvInputs inputs, Manifest manifest, PrintWriter out) {
    LayerTable table = inputs.table(width.columns(), out);
    table.printHeader();
    manifest
        .calibrationJson()
        .ifPresent(
            json -> CalibrationJson.parse(json, "the manifest").layers().forEach(table::replayed));
    out.printf("%nThis checkpoint is complete already; nothing was written.%n");
  }
}
