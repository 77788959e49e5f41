package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.ScratchFolder;
import dev.kindling.checkpoint.TensorSource;
import dev.kindling.checkpoint.export.RowSlice;
import dev.kindling.model.ElementType;
import dev.kindling.spark.Cluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints or writes rows of a tensor. */
@Command(
    name = "slice",
    mixinStandardHelpOptions = true,
    description =
        "Prints or writes rows of a tensor: of a checkpoint, or drawn from a recipe alone. Starts no Spark.")
final class SliceCommand implements Callable<Integer> {
  private static final Pattern ROWS = Pattern.compile("(\\d{0,18}):(\\d{0,18})");

  @Parameters(
      index = "0",
      paramLabel = "RECIPE|CKPT",
      description = "A recipe, a manifest (its recipe is drawn), or the folder of a checkpoint.")
  private String source;

  @Parameters(index = "1", paramLabel = "TENSOR", description = "Name of the tensor.")
  private String tensor;

  @Option(
      names = "--rows",
      paramLabel = "A:B",
      description =
          "Rows of the first axis from A to below B; either may be left out. Default: all.")
  private String rows = ":";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Writes to FILE instead: NumPy's format if it ends with .npy, little-endian values alone otherwise.")
  private Optional<String> out = Optional.empty();

  @Mixin private KeptFilesOptions kept;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Cluster.hadoop();
    try (ScratchFolder scratch = ScratchFolder.temporary(hadoop)) {
      TensorSource tensors = Sources.tensors(source, kernelsOptions.mode(), kept, hadoop, scratch);
      RowSlice slice = slice(Sources.tensor("slice", tensors, tensor));
      if (out.isPresent()) {
        write(slice, tensors, hadoop);
      } else {
        print(slice, tensors);
      }
      return 0;
    }
  }

  private RowSlice slice(TensorSource.Outline outline) {
    Matcher matcher = ROWS.matcher(rows);
    if (!matcher.matches()) {
      throw new ConfigurationException(
          "Cannot take rows '%s': they are no range (expected for example 0:16)".formatted(rows));
    }
    long from = matcher.group(1).isEmpty() ? 0 : Long.parseLong(matcher.group(1));
    long to =
        matcher.group(2).isEmpty()
            ? RowSlice.rows(outline.shape())
            : Long.parseLong(matcher.group(2));
    return new RowSlice(outline, from, to);
  }

  private void write(RowSlice slice, TensorSource tensors, Configuration hadoop) {
    CheckpointFiles target = OutputOptions.files(out.get(), hadoop);
    if (out.get().endsWith(".npy")) {
      slice.writeNpy(tensors, target.fileSystem(), target.out());
    } else {
      slice.writeRaw(tensors, target.fileSystem(), target.out());
    }
  }

  /** Prints a line per row. */
  private void print(RowSlice slice, TensorSource tensors) throws IOException {
    PrintWriter lines = spec.commandLine().getOut();
    ElementType dtype = tensors.dtype();
    slice.read(
        tensors,
        (start, values) -> {
          long index = start;
          for (int at = values.position(); at < values.limit(); at += dtype.bytes()) {
            double number = TensorSource.number(dtype, values, at);
            lines.print(
                dtype == ElementType.F64
                    ? Double.toString(number)
                    : Float.toString((float) number));
            index++;
            lines.print(index % slice.rowLength() == 0 ? System.lineSeparator() : " ");
          }
        });
    lines.flush();
  }
}
