package dev.kindling.cli;

import dev.kindling.checkpoint.ManifestTensor;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What tensors can be sorted by; words of the command line. */
enum TensorOrder {
  name(Comparator.comparing(ManifestTensor::name)),
  elements(descending(tensor -> tensor.shape().elementCount())),
  mean(descending(ManifestTensor::mean)),
  std(descending(ManifestTensor::std)),
  min(descending(ManifestTensor::min)),
  max(descending(ManifestTensor::max));

  private final Comparator<ManifestTensor> comparator;

  TensorOrder(Comparator<ManifestTensor> comparator) {
    this.comparator = comparator;
  }

  /** Returns the tensors in this order; equal ones stay as they were. */
  List<ManifestTensor> sorted(List<ManifestTensor> tensors) {
    return tensors.stream().sorted(comparator).toList();
  }

  private static Comparator<ManifestTensor> descending(ToDoubleFunction<ManifestTensor> key) {
    return Comparator.comparingDouble(key).reversed();
  }
}
