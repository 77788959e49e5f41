package dev.kindling.cli;

import dev.kindling.base.ExitCode;
import dev.kindling.base.InputException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestFile;
import dev.kindling.checkpoint.ManifestVerifier;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.checkpoint.VerifyMode;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.spark.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Holds a checkpoint against its manifest and its recipe. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Reads every byte of a checkpoint, generates every value again from the recipe, and compares them bit for bit.")
final class VerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CKPT", description = "Folder of the checkpoint.")
  private String folder;

  @Option(names = "--bytes", description = "Compares digests only; generates nothing.")
  private boolean bytes;

  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CheckpointFiles files = OutputOptions.files(folder, Cluster.hadoop());
    Manifest manifest = ManifestFile.load(files);
    Recipe recipe = recipe(manifest);
    List<String> problems = new ArrayList<>(ManifestVerifier.verify(files, manifest, recipe));
    VerifyMode mode = bytes ? VerifyMode.BYTES : VerifyMode.VALUES;
    long values = 0;
    try (Cluster cluster =
        Cluster.open(
            "kindling verify " + folder,
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      for (ShardVerdict verdict : cluster.verify(files, manifest, recipe, mode)) {
        problems.addAll(verdict.problems());
        values += verdict.valueCount();
      }
    }
    if (!problems.isEmpty()) {
      problems.stream().distinct().forEach(spec.commandLine().getErr()::println);
      return ExitCode.VERIFICATION.number();
    }
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "Verified %s: %,d values of %d tensors in %d %s %s, digest %s%n",
            Names.of(files.out()),
            values,
            manifest.tensors().size(),
            manifest.shards().size(),
            manifest.shards().size() == 1 ? "file" : "files",
            bytes ? "match their digests" : "equal the recipe bit for bit",
            manifest.digest());
    return ExitCode.DONE.number();
  }

  /** Whatever is wrong with a checkpoint is a failed verification, its recipe included. */
  private Recipe recipe(Manifest manifest) {
    try {
      return RecipeJson.parse(manifest.recipeJson(), folder + "/manifest.json");
    } catch (InputException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }
}
