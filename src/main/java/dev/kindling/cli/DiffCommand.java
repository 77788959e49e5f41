package dev.kindling.cli;

import dev.kindling.base.ExitCode;
import dev.kindling.base.InputException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.checkpoint.TensorDifference;
import dev.kindling.cli.TextTable.Column;
import dev.kindling.spark.Cluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two checkpoints. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "Lists the tensors in which two checkpoints differ, and by how much. Tensors of one element type with equal"
            + " digests are not read. Ends with 4 if there is a difference. Starts no Spark.")
final class DiffCommand implements Callable<Integer> {
  private static final List<Column> COLUMNS =
      List.of(
          Column.left("tensor"),
          Column.left("shape"),
          Column.right("different"),
          Column.right("first index"),
          Column.right("largest difference"),
          Column.right("its index"));

  private static final List<String> DISPENSABLE =
      List.of("its index", "first index", "shape", "different");

  @Parameters(index = "0", paramLabel = "A", description = "Folder of a checkpoint.")
  private String first;

  @Parameters(index = "1", paramLabel = "B", description = "Folder of another.")
  private String second;

  @Mixin private WidthOptions width;
  @Mixin private DetailOptions detail;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Cluster.hadoop();
    Checkpoint one = Sources.checkpoint(first, hadoop);
    Checkpoint other = Sources.checkpoint(second, hadoop);
    Map<String, ManifestTensor> others = byName(other);
    List<String> lines = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    int equal = 0;
    for (ManifestTensor tensor : one.tensors()) {
      ManifestTensor counterpart = others.remove(tensor.name());
      if (counterpart == null) {
        lines.add("Tensor '%s' is only in %s".formatted(tensor.name(), first));
      } else if (!counterpart.shape().equals(tensor.shape())) {
        lines.add(
            "Tensor '%s' has shape %s in %s and %s in %s"
                .formatted(tensor.name(), tensor.shape(), first, counterpart.shape(), second));
      } else if (isSame(tensor, counterpart)) {
        equal++;
      } else {
        TensorDifference difference = compare(one, other, tensor.name());
        if (difference.isNone()) {
          equal++;
        } else {
          rows.add(row(tensor, difference));
        }
      }
    }
    others.keySet().forEach(name -> lines.add("Tensor '%s' is only in %s".formatted(name, second)));
    print(rows, lines, equal);
    return rows.isEmpty() && lines.isEmpty()
        ? ExitCode.DONE.number()
        : ExitCode.VERIFICATION.number();
  }

  private static Map<String, ManifestTensor> byName(Checkpoint checkpoint) {
    Map<String, ManifestTensor> tensors = new LinkedHashMap<>();
    checkpoint.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    return tensors;
  }

  private static boolean isSame(ManifestTensor one, ManifestTensor other) {
    return one.dtype() == other.dtype() && one.digest().equals(other.digest());
  }

  private static TensorDifference compare(Checkpoint one, Checkpoint other, String name)
      throws IOException {
    try {
      return TensorDifference.of(one, other, name);
    } catch (VerificationException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  private static List<String> row(ManifestTensor tensor, TensorDifference difference) {
    return List.of(
        tensor.name(),
        tensor.shape().toString(),
        String.format(
            Locale.ROOT, "%,d of %,d", difference.differentCount(), difference.elementCount()),
        String.valueOf(difference.first()),
        String.format(Locale.ROOT, "%.6g", difference.largest()),
        String.valueOf(difference.largestIndex()));
  }

  private void print(List<List<String>> rows, List<String> lines, int equal) {
    PrintWriter out = spec.commandLine().getOut();
    if (!rows.isEmpty()) {
      List<List<String>> shown = rows.subList(0, most(rows.size()));
      NarrowTable.lines(COLUMNS, shown, width.columns(), DISPENSABLE).forEach(out::println);
      printRest(rows.size(), out);
    }
    lines.subList(0, most(lines.size())).stream()
        .flatMap(line -> TextTable.wrap(line, width.columns()).stream())
        .forEach(out::println);
    printRest(lines.size(), out);
    out.printf("%d tensors are equal, %d differ%n", equal, rows.size() + lines.size());
  }

  private int most(int count) {
    return detail.of(count, width) == DetailOptions.Detail.EACH ? count : DetailOptions.ROWS;
  }

  private void printRest(int count, PrintWriter out) {
    if (most(count) < count) {
      out.printf(Locale.ROOT, "%,d more of them; --all shows each%n", count - most(count));
    }
  }
}
