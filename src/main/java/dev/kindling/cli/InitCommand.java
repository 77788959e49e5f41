package dev.kindling.cli;

import dev.kindling.calibrate.RunId;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.model.Model;
import dev.kindling.recipe.Plan;
import dev.kindling.spark.Cluster;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Plans and materialises. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description =
        "Initialises a model and writes the checkpoint; looks at no data but the labels of preset output_bias.")
final class InitCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;
  @Mixin private WidthOptions width;
  @Mixin private DetailOptions detail;
  @Mixin private OutputOptions outputOptions;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Configuration configuration = configurationOptions.read(hadoop);
    CheckpointFiles files = outputOptions.files(configuration, hadoop);
    Model model = ModelFiles.read(configuration, hadoop);
    Plan plan = ModelFiles.planInit(configuration, model);
    if (OutputLabels.areNeeded(configuration)) {
      try (Cluster cluster = open(configuration)) {
        Plan labelled = ModelFiles.planInit(OutputLabels.read(configuration, cluster), model);
        materialise(labelled, configuration, files, Optional.of(cluster));
      }
    } else {
      materialise(plan, configuration, files, Optional.empty());
    }
    return 0;
  }

  private void materialise(
      Plan plan, Configuration configuration, CheckpointFiles files, Optional<Cluster> running) {
    CheckpointLayout layout = configuration.output().layout();
    configuration.output().notes().forEach(this::note);
    plan.notes().forEach(this::note);
    Materialisation materialisation =
        new Materialisation(files, layout, outputOptions.existing(), RunId.of(plan.recipe()));
    PrintWriter out = spec.commandLine().getOut();
    RecipeTable.print(
        plan.recipe(), detail.of(plan.recipe().entries().size(), width), width.columns(), out);
    out.flush();
    Manifest manifest = materialisation.complete().orElse(null);
    if (manifest != null) {
      out.printf("%nThis checkpoint is complete already; nothing was written.%n");
    } else if (running.isPresent()) {
      manifest = materialisation.write(running.get(), plan.recipe(), Optional.empty());
    } else {
      try (Cluster cluster = open(configuration)) {
        manifest = materialisation.write(cluster, plan.recipe(), Optional.empty());
      }
    }
    Materialisation.printSummary(manifest, files, out);
  }

  private Cluster open(Configuration configuration) {
    return Cluster.open(
        "kindling init " + configuration.source(),
        kernelsOptions.mode(),
        spec.commandLine().getErr()::println);
  }

  private void note(String note) {
    spec.commandLine().getErr().println("Note: " + note);
  }
}
