package dev.kindling.forward;

import dev.kindling.model.Role;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.recipe.TensorValues;
import java.util.SplittableRandom;

/**
 * Values by name and index, uniform in [-0.5, 0.5) times the block's scale; variances are positive.
 */
final class TestValues implements TensorValues {
  @Override
  public void fill(RecipeEntry entry, long start, float[] target, int offset, int length) {
    double scale = ((Source.Drawn) entry.source()).blocks().get(0).scale().of(0);
    for (int i = 0; i < length; i++) {
      long address = entry.tensor().hashCode() * 1_000_003L + start + i;
      double value = new SplittableRandom(address).nextDouble() - 0.5;
      target[offset + i] =
          (float) (scale * (entry.role() == Role.RUNNING_VARIANCE ? value + 1 : value));
    }
  }

  float[] all(RecipeEntry entry) {
    float[] values = new float[Math.toIntExact(entry.shape().elementCount())];
    fill(entry, 0, values, 0, values.length);
    return values;
  }
}
