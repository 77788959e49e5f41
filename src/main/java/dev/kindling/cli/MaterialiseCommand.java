package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.calibrate.RunId;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Rule;
import dev.kindling.spark.Cluster;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a recipe into a checkpoint. */
@Command(
    name = "materialise",
    aliases = "materialize",
    mixinStandardHelpOptions = true,
    description =
        "Writes the checkpoint of a recipe: what 'plan --json' wrote, or the manifest or folder of another checkpoint.")
final class MaterialiseCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RECIPE",
      description = "A recipe, a manifest, or the folder of a checkpoint.")
  private String source;

  @Option(
      names = "--only",
      paramLabel = "GLOB",
      description =
          "Writes only the tensors whose name matches, such as 'encoder.*'. They have the same values as in the whole.")
  private Optional<String> only = Optional.empty();

  @Mixin private OutputOptions outputOptions;
  @Mixin private LayoutOptions layoutOptions;
  @Mixin private KeptFilesOptions kept;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Configuration hadoop = Cluster.hadoop();
    CheckpointFiles files = outputOptions.files(hadoop);
    Sources.Found found = Sources.recipe(source, hadoop);
    kept.check(found.recipe(), source, Optional.empty(), hadoop);
    CheckpointLayout layout = layoutOptions.layout(found.manifest());
    Recipe recipe = only.map(glob -> chosen(found.recipe(), glob)).orElse(found.recipe());
    // What a calibration says of layers does not hold for a part of them.
    Optional<String> calibration =
        only.isPresent() ? Optional.empty() : found.manifest().flatMap(Manifest::calibrationJson);
    Materialisation materialisation =
        new Materialisation(files, layout, outputOptions.existing(), RunId.of(recipe));
    PrintWriter out = spec.commandLine().getOut();
    Manifest manifest = materialisation.complete().orElse(null);
    if (manifest == null) {
      try (Cluster cluster =
          Cluster.open(
              "kindling materialise " + source,
              kernelsOptions.mode(),
              spec.commandLine().getErr()::println)) {
        manifest = materialisation.write(cluster, recipe, calibration);
      }
    } else {
      out.printf("This checkpoint is complete already; nothing was written.%n");
    }
    Materialisation.printSummary(manifest, files, out);
    return 0;
  }

  private static Recipe chosen(Recipe recipe, String glob) {
    List<RecipeEntry> entries =
        recipe.entries().stream().filter(entry -> Rule.matches(glob, entry.tensor())).toList();
    if (entries.isEmpty()) {
      throw new ConfigurationException(
          "Cannot materialise %s: none of its %d tensors has a name that matches --only %s (the first is '%s')"
              .formatted(
                  "the recipe",
                  recipe.entries().size(),
                  glob,
                  recipe.entries().stream().map(RecipeEntry::tensor).findFirst().orElse("")));
    }
    return new Recipe(recipe.formatVersion(), recipe.seed(), entries);
  }
}
