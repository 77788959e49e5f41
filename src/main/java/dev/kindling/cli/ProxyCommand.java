package dev.kindling.cli;

import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.model.Model;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.ProxyJob;
import dev.kindling.spark.Sample;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains a narrow network first and makes the start of the wide one of it. */
@Command(
    name = "proxy",
    mixinStandardHelpOptions = true,
    description =
        "Trains a narrow perceptron on a sample with MLlib, widens it to the model of the configuration without changing"
            + " what it computes, breaks the symmetry of copied units, calibrates what that disturbed, and writes the"
            + " checkpoint. Prints accuracies on fresh rows: of the proxy, of the expanded network, and of training from it"
            + " and from a standard start, equally long.")
final class ProxyCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;
  @Mixin private OutputOptions outputOptions;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Configuration configuration = configurationOptions.read(hadoop);
    CheckpointFiles files = outputOptions.files(configuration, hadoop);
    Model model = ModelFiles.read(configuration, hadoop);
    ProxyInputs inputs = ProxyInputs.of(configuration, model);
    PrintWriter out = spec.commandLine().getOut();
    try (Cluster cluster =
        Cluster.open(
            "kindling proxy " + configuration.source(),
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      out.println(inputs.headline());
      out.flush();
      Sample sample = inputs.sample(cluster);
      Materialisation materialisation =
          new Materialisation(
              files,
              configuration.output().layout(),
              outputOptions.existing(),
              inputs.runId(sample));
      Manifest manifest = materialisation.complete().orElse(null);
      if (manifest == null) {
        AccuracyTable table = new AccuracyTable(inputs.proxy().compared(), out);
        table.printHeader(sample.layout().check());
        ProxyJob.Outcome outcome =
            cluster.proxy(inputs.job(), sample, files.run(inputs.runId(sample)), table::print);
        table.printSpread(outcome.seeds());
        manifest = materialisation.write(cluster, outcome.recipe(), Optional.empty());
      } else {
        out.printf("This checkpoint is complete already; nothing was written.%n");
      }
      Materialisation.printSummary(manifest, files, out);
    }
    return 0;
  }
}
