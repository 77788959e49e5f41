package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.export.Export;
import dev.kindling.checkpoint.export.ExportFolder;
import dev.kindling.checkpoint.export.NpyExport;
import dev.kindling.checkpoint.export.OnnxExport;
import dev.kindling.checkpoint.export.ParameterEntries;
import dev.kindling.checkpoint.export.SafetensorsExport;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.model.Model;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.HadoopModels;
import java.io.IOException;
import java.util.Arrays;
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

/** Writes a checkpoint in formats of other ecosystems. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes a checkpoint as safetensors, ONNX, NumPy files or for MLlib; executors write in parallel.")
final class ExportCommand implements Callable<Integer> {
  private static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  @Parameters(paramLabel = "CKPT", description = "Folder of the checkpoint.")
  private String folder;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "safetensors|onnx|npy|mllib",
      description =
          "safetensors: Hugging Face's names and index; onnx: the graph of --model with these weights; npy: a file per"
              + " tensor; mllib: one row of Parquet, layers and initialWeights of a MultilayerPerceptronClassifier.")
  private Format format;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "A new or empty folder on any Hadoop file system, or one with an export that was interrupted.")
  private String out;

  @Option(
      names = "--dtype",
      paramLabel = "f32|f64|f16|bf16",
      description =
          "Element type of floats in safetensors and npy, rounded to nearest even. Default: the checkpoint's.")
  private Optional<String> dtype = Optional.empty();

  @Option(
      names = "--shard-bytes",
      paramLabel = "SIZE",
      description = "Values in a file of safetensors or of external data at most. Default: 5 GB.")
  private Optional<String> shardBytes = Optional.empty();

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "The model that onnx takes the graph from: .onnx, or layers as YAML.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--external-data",
      description =
          "Puts the weights of onnx into files beside it, as is done by itself above 2 GB.")
  private boolean externalData;

  @Mixin private KeptFilesOptions kept;
  @Spec private CommandSpec spec;

  /** The formats, as words of the command line. */
  enum Format {
    safetensors,
    onnx,
    npy,
    mllib
  }

  @Override
  public Integer call() {
    Configuration hadoop = Cluster.hadoop();
    Checkpoint checkpoint = Sources.checkpoint(folder, hadoop);
    kept.checkFiles(checkpoint.recipe(), folder, model, hadoop);
    CheckpointFiles target = OutputOptions.files(out, hadoop);
    new ExportFolder(target).requireFree();
    Optional<Export> export = export(checkpoint, hadoop);
    CheckpointFiles source = OutputOptions.files(folder, hadoop);
    try (Cluster cluster =
        Cluster.open(
            "kindling export " + folder, KernelsMode.AUTO, spec.commandLine().getErr()::println)) {
      if (export.isPresent()) {
        cluster.export(source, export.get(), target);
      } else {
        cluster.exportPerceptron(source, target);
      }
    }
    report(checkpoint, target);
    return 0;
  }

  /** Returns the files to be written, or nothing for MLlib's, which Spark writes. */
  private Optional<Export> export(Checkpoint checkpoint, Configuration hadoop) {
    long limit = shardBytes.map(ExportCommand::size).orElse(DEFAULT_SHARD_BYTES);
    List<RecipeEntry> entries = ParameterEntries.of(checkpoint.recipe());
    return switch (format) {
      case safetensors -> Optional.of(SafetensorsExport.of(entries, type(checkpoint), limit));
      case npy -> Optional.of(NpyExport.of(entries, type(checkpoint)));
      case onnx -> Optional.of(OnnxExport.of(model(hadoop), checkpoint.recipe(), storage(), limit));
      case mllib -> Optional.empty();
    };
  }

  private Model model(Configuration hadoop) {
    String path =
        model.orElseThrow(
            () ->
                new ConfigurationException(
                    "Cannot export as ONNX: a checkpoint holds no graph; give --model FILE (.onnx or layers as YAML)"));
    return HadoopModels.read(path, hadoop);
  }

  private OnnxExport.Storage storage() {
    return externalData ? OnnxExport.Storage.EXTERNAL : OnnxExport.Storage.AUTO;
  }

  private void report(Checkpoint checkpoint, CheckpointFiles target) {
    List<RecipeEntry> leftOut = ParameterEntries.ofGraph(checkpoint.recipe());
    boolean named = format == Format.safetensors || format == Format.npy;
    if (named && !leftOut.isEmpty()) {
      spec.commandLine()
          .getErr()
          .printf(
              "Note: %d constants that only the graph has are left out, such as %s%n",
              leftOut.size(), leftOut.get(0).tensor());
    }
    int tensors = checkpoint.recipe().entries().size() - (named ? leftOut.size() : 0);
    int files = files(target);
    spec.commandLine()
        .getOut()
        .printf(
            "Exported %d tensors to %s: %d %s%n",
            tensors, Names.of(target.out()), files, files == 1 ? "file" : "files");
  }

  private static int files(CheckpointFiles target) {
    try {
      return (int)
          Arrays.stream(target.fileSystem().listStatus(target.out()))
              .filter(file -> !file.getPath().getName().startsWith("_"))
              .count();
    } catch (IOException e) {
      throw new ResourceException("Cannot look into '%s': %s".formatted(target.out(), e), e);
    }
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
}
