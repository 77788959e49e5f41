package dev.kindling.cli;

import dev.kindling.base.ExitCode;
import dev.kindling.base.InputException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointJob;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestFile;
import dev.kindling.checkpoint.ManifestShard;
import dev.kindling.checkpoint.ManifestVerifier;
import dev.kindling.checkpoint.ShardSpec;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.checkpoint.VerifyMode;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.spark.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
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

  @Option(
      names = "--repair",
      description = "Writes missing and damaged shards again from the recipe, and verifies them.")
  private boolean repair;

  @Mixin private ScratchOptions scratchOptions;
  @Mixin private KeptFilesOptions kept;
  @Mixin private WidthOptions width;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CheckpointFiles files = OutputOptions.files(folder, Cluster.hadoop());
    Manifest manifest = ManifestFile.load(files);
    Recipe recipe = recipe(manifest);
    if (!bytes || repair) {
      kept.check(recipe, folder, Optional.empty(), Cluster.hadoop());
    }
    try (Cluster cluster =
        Cluster.open(
            "kindling verify " + folder,
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      if (!bytes || repair) {
        requireSources(cluster, recipe);
      }
      long begin = System.nanoTime();
      Optional<Path> shared = scratchOptions.folder(cluster);
      List<ShardVerdict> verdicts =
          cluster.verify(files, manifest, manifest.shards(), mode(), shared);
      double seconds = (System.nanoTime() - begin) * 1e-9;
      List<String> problems = problems(files, manifest, recipe, verdicts);
      if (!problems.isEmpty() && repair) {
        verdicts = repaired(cluster, files, manifest, recipe, verdicts, shared);
        problems = problems(files, manifest, recipe, verdicts);
      }
      return report(files, manifest, verdicts, problems, seconds);
    }
  }

  /** Without what values were taken from, only digests can be compared. */
  private void requireSources(Cluster cluster, Recipe recipe) {
    try {
      cluster.requireSources(recipe);
    } catch (InputException e) {
      throw new InputException(
          "Cannot verify the values of checkpoint '%s', whose recipe needs another checkpoint (--bytes compares digests alone): %s"
              .formatted(folder, e.problems().get(0)),
          e);
    }
  }

  private VerifyMode mode() {
    return bytes ? VerifyMode.BYTES : VerifyMode.VALUES;
  }

  private static List<String> problems(
      CheckpointFiles files, Manifest manifest, Recipe recipe, List<ShardVerdict> verdicts) {
    List<String> problems = new ArrayList<>(ManifestVerifier.verify(files, manifest, recipe));
    verdicts.forEach(verdict -> problems.addAll(verdict.problems()));
    return problems.stream().distinct().toList();
  }

  /** Returns the verdicts after what was not good has been written again. */
  private List<ShardVerdict> repaired(
      Cluster cluster,
      CheckpointFiles files,
      Manifest manifest,
      Recipe recipe,
      List<ShardVerdict> verdicts,
      Optional<Path> shared) {
    CheckpointJob job =
        CheckpointJob.plan(
            files, recipe, manifest.recipeJson(), manifest.runId(), manifest.layout());
    if (!job.id().equals(manifest.id())) {
      throw new VerificationException(
          "Cannot repair checkpoint '%s': its id is not that of its recipe and layout in this build (expected %s, found %s)"
              .formatted(folder, job.id(), manifest.id()));
    }
    Set<Integer> bad =
        verdicts.stream()
            .filter(verdict -> !verdict.isGood())
            .map(ShardVerdict::number)
            .collect(Collectors.toSet());
    List<ShardSpec> specs =
        job.shards().stream().filter(shard -> bad.contains(shard.number())).toList();
    List<ManifestShard> shards =
        manifest.shards().stream().filter(shard -> bad.contains(shard.number())).toList();
    job.prepare();
    cluster.write(job, specs, files, manifest.layout(), recipe.seed());
    job.cleanTemporary();
    List<ShardVerdict> all =
        new ArrayList<>(verdicts.stream().filter(ShardVerdict::isGood).toList());
    all.addAll(cluster.verify(files, manifest, shards, mode(), shared));
    spec.commandLine()
        .getErr()
        .printf("Wrote %d of %d shards again%n", shards.size(), manifest.shards().size());
    return all;
  }

  private int report(
      CheckpointFiles files,
      Manifest manifest,
      List<ShardVerdict> verdicts,
      List<String> problems,
      double seconds) {
    if (!problems.isEmpty()) {
      problems.forEach(spec.commandLine().getErr()::println);
      return ExitCode.VERIFICATION.number();
    }
    String text =
        String.format(
            Locale.ROOT,
            "Verified %s: %,d values of %d tensors in %d %s %s, digest %s%n%s",
            Names.of(files.out()),
            verdicts.stream().mapToLong(ShardVerdict::valueCount).sum(),
            manifest.tensors().size(),
            manifest.shards().size(),
            manifest.shards().size() == 1 ? "file" : "files",
            bytes ? "match their digests" : "equal the recipe bit for bit",
            manifest.digest(),
            ByteSize.inTime(manifest.lengthBytes(), seconds));
    text.lines()
        .flatMap(line -> TextTable.wrap(line, width.columns()).stream())
        .forEach(spec.commandLine().getOut()::println);
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
