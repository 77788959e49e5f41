package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.UnknownNameException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.Histogram;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.cli.DetailOptions.Detail;
import dev.kindling.cli.TextTable.Column;
import dev.kindling.spark.Cluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a checkpoint's manifest says. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Lists the tensors of a checkpoint with their moments and digests, as its manifest has them. Starts no Spark.")
final class InspectCommand implements Callable<Integer> {
  private static final List<Column> COLUMNS =
      List.of(
          Column.left("tensor"),
          Column.left("shape"),
          Column.left("dtype"),
          Column.left("scheme"),
          Column.right("mean"),
          Column.right("std"),
          Column.right("min"),
          Column.right("max"),
          Column.left("crc32"),
          Column.left("crc32c"));

  private static final List<String> DISPENSABLE =
      List.of("crc32", "crc32c", "dtype", "max", "min", "mean", "scheme", "std");

  @Parameters(index = "0", paramLabel = "CKPT", description = "Folder of the checkpoint.")
  private String folder;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TENSOR",
      description = "Lists only this tensor.")
  private Optional<String> tensor = Optional.empty();

  @Option(
      names = "--sort",
      paramLabel = "COLUMN",
      description =
          "Sorts by name, elements, mean, std, min or max; numbers from large to small. Default: the model's order.")
  private Optional<TensorOrder> order = Optional.empty();

  @Option(
      names = "--histogram",
      description =
          "Also draws how the values are spread from min to max; reads up to a million values per tensor. Always for a"
              + " single tensor.")
  private boolean histogram;

  @Option(
      names = "--digest",
      description =
          "Prints only the digest of the whole checkpoint, equal for equal values however they are cut into files.")
  private boolean digest;

  @Mixin private WidthOptions width;
  @Mixin private DetailOptions detail;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CheckpointFiles files = OutputOptions.files(folder, Cluster.hadoop());
    Checkpoint checkpoint = Sources.checkpoint(folder, Cluster.hadoop());
    Manifest manifest = checkpoint.manifest();
    PrintWriter out = spec.commandLine().getOut();
    if (digest) {
      out.println(manifest.digest());
      return 0;
    }
    boolean draws = histogram || tensor.isPresent();
    List<Column> columns = new ArrayList<>(COLUMNS);
    if (draws) {
      columns.add(Column.left("histogram"));
    }
    List<ManifestTensor> chosen = chosen(manifest);
    boolean each = draws || order.isPresent() || detail.of(chosen.size(), width) == Detail.EACH;
    List<List<String>> rows = each ? rows(checkpoint, chosen, draws) : TensorGroups.rows(chosen);
    NarrowTable.lines(columns, rows, width.columns(), DISPENSABLE).forEach(out::println);
    if (!each) {
      out.printf(
          Locale.ROOT, "%,d tensors in %,d groups; --all shows each%n", chosen.size(), rows.size());
    }
    if (tensor.isEmpty()) {
      Materialisation.printTotals(manifest, files, out);
    }
    return 0;
  }

  private static List<List<String>> rows(
      Checkpoint checkpoint, List<ManifestTensor> chosen, boolean draws) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (ManifestTensor tensor : chosen) {
      List<String> row = new ArrayList<>(row(tensor));
      if (draws) {
        row.add(Histogram.of(checkpoint, tensor).sparkline());
      }
      rows.add(row);
    }
    return rows;
  }

  private List<ManifestTensor> chosen(Manifest manifest) {
    if (tensor.isEmpty()) {
      return order.map(it -> it.sorted(manifest.tensors())).orElse(manifest.tensors());
    }
    List<String> names = manifest.tensors().stream().map(ManifestTensor::name).toList();
    if (!names.contains(tensor.get())) {
      throw new ConfigurationException(
          "Cannot inspect: "
              + new UnknownNameException("tensor", tensor.get(), names).getMessage());
    }
    return List.of(manifest.tensor(tensor.get()));
  }

  private static List<String> row(ManifestTensor tensor) {
    return List.of(
        tensor.name(),
        tensor.shape().toString(),
        tensor.dtype().label(),
        String.join(", ", tensor.schemes()),
        number(tensor.mean()),
        number(tensor.std()),
        number(tensor.min()),
        number(tensor.max()),
        "%08x".formatted(tensor.digest().crc32()),
        "%08x".formatted(tensor.digest().crc32c()));
  }

  static String number(double value) {
    return value == 0 ? "0" : "%.5g".formatted(value);
  }
}
