package dev.kindling.diagnose;

import dev.kindling.diagnose.LayerSignal.Estimate;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Probe;
import dev.kindling.forward.ProbePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.Kernels;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Normal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Estimates the mean square singular value of the Jacobian J from a layer's output to the last
 * layer's, without automatic differentiation: for a standard normal v the mean of {@code |J v|^2}
 * is the sum of the squares of all singular values, and {@code J v} is a forward difference.
 *
 * <p>Gradients travel along the transpose, which has the same singular values: a layer with a mean
 * square of 100 times another's gets a gradient of 10 times its length.
 */
final class BackwardEstimator {
  /**
   * Length of a step against that of the output: far above rounding, and so small that few units
   * change sides.
   */
  private static final double STEP = 0x1p-10;

  private final Probe probe;
  private final List<MicroBatch> sample;
  private final int directions;
  private final RecipeValues normals;

  BackwardEstimator(
      Probe probe, List<MicroBatch> sample, int directions, long seed, Kernels kernels) {
    this.probe = probe;
    this.sample = sample;
    this.directions = directions;
    this.normals =
        new RecipeValues(
            seed,
            kernels,
            file -> {
              throw new IllegalStateException("directions are drawn");
            });
  }

  /** Returns the estimate for a layer, over all micro-batches and directions. */
  Estimate estimate(ProbePlan.Site site, ProbePlan.Site last) {
    List<Double> squares = new ArrayList<>();
    for (MicroBatch rows : sample) {
      Map<String, TensorValue> outputs = probe.run(rows, List.of(site.value(), last.value()));
      TensorValue from = outputs.get(site.value());
      TensorValue to = outputs.get(last.value());
      for (int direction = 0; direction < directions; direction++) {
        String address = "%s/%d/%d".formatted(site.value(), rows.index(), direction);
        squares.add(square(rows, site, last, from, to, address));
      }
    }
    double mean = squares.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double spread = squares.stream().mapToDouble(it -> (it - mean) * (it - mean)).sum();
    int count = squares.size();
    return new Estimate(mean, Math.sqrt(spread / Math.max(1, count - 1) / count));
  }

  private double square(
      MicroBatch rows,
      ProbePlan.Site site,
      ProbePlan.Site last,
      TensorValue from,
      TensorValue to,
      String address) {
    float[] before = to.toFloats();
    double root = rootMeanSquare(from.toFloats());
    double step = STEP * (root > 0 ? root : 1);
    float[] push = normals(address, from.shape());
    for (int i = 0; i < push.length; i++) {
      push[i] = (float) (push[i] * step);
    }
    float[] after =
        probe.run(rows, site, TensorValue.ofFloats(from.shape(), push), last).toFloats();
    double sum = 0;
    for (int i = 0; i < after.length; i++) {
      double change = ((double) after[i] - before[i]) / step;
      sum += change * change;
    }
    return sum / Math.min(push.length, after.length);
  }

  private float[] normals(String address, Shape shape) {
    RecipeEntry entry =
        new RecipeEntry(
            address,
            shape,
            ElementType.F32,
            Role.DENSE,
            Layout.OUT_IN,
            List.of(),
            "direction",
            new Source.Drawn(List.of(Block.whole(shape.dim(0), 1, new Normal(0, 1), Fans.NONE))));
    float[] values = new float[Math.toIntExact(shape.elementCount())];
    normals.fill(entry, 0, values, 0, values.length);
    return values;
  }

  private static double rootMeanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }
}
