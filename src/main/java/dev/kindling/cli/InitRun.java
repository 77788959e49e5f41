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
import picocli.CommandLine.Model.CommandSpec;

/**
 * Plans and materialises.
 *
 * @param spec where to print
 * @param width how wide
 * @param detail how much of a table
 * @param outputOptions where the checkpoint goes
 * @param kernelsOptions what draws
 */
record InitRun(
    CommandSpec spec,
    WidthOptions width,
    DetailOptions detail,
    OutputOptions outputOptions,
    KernelsOptions kernelsOptions) {
  /** Runs a command of this name. */
  void run(
      Configuration configuration, String command, org.apache.hadoop.conf.Configuration hadoop) {
    CheckpointFiles files = outputOptions.files(configuration, hadoop);
    Model model = ModelFiles.read(configuration, hadoop);
    Plan plan = ModelFiles.planInit(configuration, model);
    if (OutputLabels.areNeeded(configuration)) {
      try (Cluster cluster = open(configuration, command)) {
        Plan labelled = ModelFiles.planInit(OutputLabels.read(configuration, cluster), model);
        Plan known = new Plan(cluster.withDigests(labelled.recipe()), labelled.notes());
        materialise(known, configuration, command, files, Optional.of(cluster));
      }
    } else if (plan.recipe().sources().stream().anyMatch(tensor -> tensor.digest().isEmpty())) {
      try (Cluster cluster = open(configuration, command)) {
        Plan known = new Plan(cluster.withDigests(plan.recipe()), plan.notes());
        materialise(known, configuration, command, files, Optional.of(cluster));
      }
    } else {
      materialise(plan, configuration, command, files, Optional.empty());
    }
  }

  private void materialise(
      Plan plan,
      Configuration configuration,
      String command,
      CheckpointFiles files,
      Optional<Cluster> running) {
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
      try (Cluster cluster = open(configuration, command)) {
        manifest = materialisation.write(cluster, plan.recipe(), Optional.empty());
      }
    }
    Materialisation.printSummary(manifest, files, out);
  }

  private Cluster open(Configuration configuration, String command) {
    return Cluster.open(
        "kindling %s %s".formatted(command, configuration.source()),
        kernelsOptions.mode(),
        spec.commandLine().getErr()::println);
  }

  private void note(String note) {
    spec.commandLine().getErr().println("Note: " + note);
  }
}
