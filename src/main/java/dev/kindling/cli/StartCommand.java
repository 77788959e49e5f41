package dev.kindling.cli;

import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.model.Model;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.Sample;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Plans, starts weights from data and materialises. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description =
        "Starts the weights of a model from a sample of a dataset, as section start of the configuration says, and writes"
            + " the checkpoint: principal directions, ZCA rows, k-means centroids or patches of what a layer reads, each"
            + " output calibrated to mean and variance; weight normalisation's g and v; or a stack of restricted"
            + " Boltzmann machines.")
final class StartCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;
  @Mixin private WidthOptions width;
  @Mixin private OutputOptions outputOptions;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Configuration configuration = configurationOptions.read(hadoop);
    CheckpointFiles files = outputOptions.files(configuration, hadoop);
    CheckpointLayout layout = configuration.output().layout();
    Model model = ModelFiles.read(configuration, hadoop);
    StartInputs inputs = StartInputs.of(configuration, model);
    configuration.output().notes().forEach(this::note);
    inputs.calibration().notes().forEach(this::note);
    PrintWriter out = spec.commandLine().getOut();
    try (Cluster cluster =
        Cluster.open(
            "kindling start " + configuration.source(),
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      out.println(inputs.headline());
      out.println();
      out.flush();
      Sample sample = inputs.calibration().sample(cluster);
      Materialisation materialisation =
          new Materialisation(files, layout, outputOptions.existing(), inputs.runId(sample));
      Manifest manifest = materialisation.complete().orElse(null);
      if (manifest == null) {
        StartRun run =
            new StartRun(inputs, sample, files.run(inputs.runId(sample)), cluster, kernelsOptions);
        StartRun.Outcome outcome = run.run(width.columns(), out, spec.commandLine().getErr());
        manifest = materialisation.write(cluster, outcome.recipe(), outcome.calibrationJson());
      } else {
        out.printf("This checkpoint is complete already; nothing was written.%n");
      }
      Materialisation.printSummary(manifest, files, out);
    }
    return 0;
  }

  private void note(String note) {
    spec.commandLine().getErr().println("Note: " + note);
  }
}
