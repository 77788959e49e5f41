package dev.kindling.cli;

import dev.kindling.checkpoint.ManifestTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Tensors of a checkpoint that differ only in the numbers of their names, a row for each group. */
final class TensorGroups {
  private TensorGroups() {}

  /** Returns the rows, with the columns of {@link InspectCommand}. */
  static List<List<String>> rows(List<ManifestTensor> tensors) {
    Map<List<Object>, List<ManifestTensor>> groups = new LinkedHashMap<>();
    for (ManifestTensor it : tensors) {
      List<Object> key =
          List.of(NumberedNames.pattern(it.name()), it.shape(), it.dtype(), it.schemes());
      groups.computeIfAbsent(key, unused -> new ArrayList<>()).add(it);
    }
    return groups.values().stream().map(TensorGroups::row).toList();
  }

  private static List<String> row(List<ManifestTensor> group) {
    ManifestTensor first = group.get(0);
    return List.of(
        NumberedNames.joined(group.stream().map(ManifestTensor::name).toList()),
        first.shape().toString(),
        first.dtype().label(),
        String.join(", ", first.schemes()),
        range(group, ManifestTensor::mean),
        range(group, ManifestTensor::std),
        InspectCommand.number(group.stream().mapToDouble(ManifestTensor::min).min().orElseThrow()),
        InspectCommand.number(group.stream().mapToDouble(ManifestTensor::max).max().orElseThrow()),
        "",
        "");
  }

  private static String range(List<ManifestTensor> group, ToDoubleFunction<ManifestTensor> number) {
    double least = group.stream().mapToDouble(number).min().orElseThrow();
    double most = group.stream().mapToDouble(number).max().orElseThrow();
    return least == most
        ? InspectCommand.number(least)
        : "%s..%s".formatted(digits(least), digits(most));
  }

  private static String digits(double value) {
    return value == 0 ? "0" : "%.3g".formatted(value);
  }
}
