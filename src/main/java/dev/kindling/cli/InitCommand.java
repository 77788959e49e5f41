package dev.kindling.cli;

import dev.kindling.calibrate.RunId;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
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
    description = "Initialises a model and writes the checkpoint; looks at no data.")
final class InitCommand implements Callable<Integer> {
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
    Plan plan = ModelFiles.planInit(configuration, ModelFiles.read(configuration, hadoop));
    configuration
        .output()
        .notes()
        .forEach(note -> spec.commandLine().getErr().println("Note: " + note));
    plan.notes().forEach(note -> spec.commandLine().getErr().println("Note: " + note));
    Materialisation materialisation =
        new Materialisation(files, layout, outputOptions.existing(), RunId.of(plan.recipe()));
    PrintWriter out = spec.commandLine().getOut();
    RecipeTable.print(plan.recipe(), width.columns(), out);
    out.flush();
    Manifest manifest = materialisation.complete().orElse(null);
    if (manifest == null) {
      try (Cluster cluster =
          Cluster.open(
              "kindling init " + configuration.source(),
              kernelsOptions.mode(),
              spec.commandLine().getErr()::println)) {
        manifest = materialisation.write(cluster, plan.recipe(), Optional.empty());
      }
    } else {
      out.printf("%nThis checkpoint is complete already; nothing was written.%n");
    }
    Materialisation.printSummary(manifest, files, out);
    return 0;
  }
}
