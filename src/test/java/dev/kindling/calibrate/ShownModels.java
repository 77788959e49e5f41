package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.forward.TensorValue;
import dev.kindling.model.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/** What is asked of every calibrated model, and the rows that they see. */
final class ShownModels {
  private ShownModels() {}

  /**
   * Checks a model against ONNX Runtime's runs of the whole graph. On the sample each layer has
   * unit variance, to within 0.001. On fresh rows the whole graph's variance is the reported one,
   * and 1 lies inside the reported interval.
   *
   * @param leftAlone names of the layers that are left alone
   */
  static void areCalibrated(CalibratedModel model, String... leftAlone) {
    Map<String, String> outputs = new HashMap<>(model.outputs());
    List<String> alone = new ArrayList<>();
    model
        .results()
        .forEach(
            (layer, result) -> {
              if (result.isLeftAlone()) {
                alone.add(layer);
              }
            });
    assertThat(alone).containsExactly(leftAlone);
    outputs.keySet().removeAll(alone);
    assertThat(outputs).isNotEmpty();

    SampleLayout layout = model.layout();
    model
        .variances(0, layout.batch(), outputs)
        .forEach(
            (layer, variance) ->
                assertThat(variance).as("sample, " + layer).isCloseTo(1, within(0.001)));
    model
        .variances(layout.batch(), layout.check(), outputs)
        .forEach(
            (layer, variance) -> {
              FreshVariance fresh = model.results().get(layer).fresh().orElseThrow();
              assertThat(fresh.variance())
                  .as("fresh rows, " + layer)
                  .isCloseTo(variance, within(0.001 * variance));
              assertThat(fresh.covers(1)).as("%s: %s", layer, fresh).isTrue();
            });
  }

  /**
   * Returns rows of smooth pictures: neighbouring places are alike, and rows differ in contrast.
   */
  static TensorValue images(Shape sample, int first, int count) {
    return CalibratedModel.rows(sample, first, count, row -> waves(sample, row));
  }

  private static DoubleSupplier waves(Shape sample, int row) {
    SplittableRandom random = new SplittableRandom(1_000 + row);
    int width = (int) sample.dim(sample.rank() - 1);
    double contrast = 0.5 + random.nextDouble();
    double[] across = random.doubles(6, 0.2, 2).toArray();
    double[] phases = random.doubles(6, 0, 6.28).toArray();
    int[] next = {0};
    return () -> {
      int index = next[0]++;
      double x = (index % width) * 8.0 / width;
      double y = index / width * 8.0 / width;
      double sum =
          IntStream.range(0, 3)
              .mapToDouble(
                  i ->
                      Math.sin(
                          across[2 * i] * x + phases[i] + across[2 * i + 1] * y + phases[i + 3]))
              .sum();
      return contrast * sum + 0.3 * random.nextGaussian();
    };
  }

  /** Returns rows of normal numbers. */
  static TensorValue normals(Shape sample, int first, int count) {
    return CalibratedModel.rows(
        sample, first, count, row -> new SplittableRandom(2_000 + row)::nextGaussian);
  }

  /** Returns rows of token ids, small ones often. */
  static TensorValue tokens(int length, int vocabulary, int first, int count) {
    long[] ids = new long[count * length];
    for (int row = 0; row < count; row++) {
      SplittableRandom random = new SplittableRandom(3_000 + first + row);
      for (int i = 0; i < length; i++) {
        double place = random.nextDouble();
        ids[row * length + i] = (long) (place * place * vocabulary);
      }
    }
    return TensorValue.ofLongs(Shape.of(count, length), ids);
  }
}
