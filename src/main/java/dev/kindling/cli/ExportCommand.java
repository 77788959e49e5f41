package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.checkpoint.SafetensorsExport;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.spark.Cluster;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a checkpoint in formats of other ecosystems. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes the float tensors of a checkpoint as safetensors (with Hugging Face's names and index) or as one NumPy"
            + " file per tensor; executors write in parallel.")
final class ExportCommand implements Callable<Integer> {
  private static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  @Parameters(paramLabel = "CKPT", description = "Folder of the checkpoint.")
  private String folder;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "safetensors|npy",
      description = "The format.")
  private Format format;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "A new or empty folder on any Hadoop file system.")
  private String out;

  @Option(
      names = "--dtype",
      paramLabel = "f32|f64|f16|bf16",
      description =
          "Element type of safetensors, rounded to nearest even. Default: the checkpoint's.")
  private Optional<String> dtype = Optional.empty();

  @Option(
      names = "--shard-bytes",
      paramLabel = "SIZE",
      description = "Values in a safetensors file at most. Default: 5 GB.")
  private Optional<String> shardBytes = Optional.empty();

  @Spec private CommandSpec spec;

  /** The formats, as words of the command line. */
  enum Format {
    safetensors,
    npy
  }

  @Override
  public Integer call() {
    Configuration hadoop = Cluster.hadoop();
    Checkpoint checkpoint = Sources.checkpoint(folder, hadoop);
    CheckpointFiles target = OutputOptions.files(out, hadoop);
    requireEmpty(target);
    ElementType type = type(checkpoint);
    List<String> names = checkpoint.tensors().stream().map(ManifestTensor::name).toList();
    if (format == Format.npy) {
      requireFileNames(names);
    }
    long limit = shardBytes.map(ExportCommand::size).orElse(DEFAULT_SHARD_BYTES);
    SafetensorsExport export = SafetensorsExport.of(checkpoint.manifest(), type, limit);
    CheckpointFiles source = OutputOptions.files(folder, hadoop);
    try (Cluster cluster =
        Cluster.open(
            "kindling export " + folder, KernelsMode.AUTO, spec.commandLine().getErr()::println)) {
      switch (format) {
        case safetensors -> {
          cluster.exportSafetensors(source, export.files(), target.out());
          export.finish(target.fileSystem(), target.out());
        }
        case npy -> cluster.exportNpy(source, names, target.out());
      }
    }
    int files = format == Format.npy ? names.size() : export.files().size();
    spec.commandLine()
        .getOut()
        .printf(
            "Exported %d tensors to %s: %d %s%n",
            names.size(), Names.of(target.out()), files, files == 1 ? "file" : "files");
    return 0;
  }

  private ElementType type(Checkpoint checkpoint) {
    try {
      return dtype.map(OutputReader::dtype).orElse(checkpoint.dtype());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("Cannot export with --dtype: " + e.getMessage());
    }
  }

  private static long size(String text) {
    try {
      return ByteSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("Cannot export with --shard-bytes: " + e.getMessage());
    }
  }

  private static void requireEmpty(CheckpointFiles target) {
    try {
      if (target.fileSystem().listStatus(target.out()).length > 0) {
        throw new ConfigurationException(
            "Cannot export to '%s': it is not empty; choose a new or empty folder"
                .formatted(Names.of(target.out())));
      }
    } catch (FileNotFoundException e) {
      return;
    } catch (IOException e) {
      throw new ResourceException("Cannot look into '%s': %s".formatted(target.out(), e), e);
    }
  }

  private static void requireFileNames(List<String> names) {
    names.stream()
        .filter(name -> name.contains("/") || name.contains(":") || name.startsWith("."))
        .findFirst()
        .ifPresent(
            name -> {
              throw new ConfigurationException(
                  "Cannot export tensor '%s' as .npy: its name is no file name".formatted(name));
            });
  }
}
