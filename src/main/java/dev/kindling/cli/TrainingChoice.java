package dev.kindling.cli;

import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.recipe.Recipe;
import dev.kindling.spark.DataSource;
import dev.kindling.structure.Perceptron;
import java.util.List;

/**
 * What there is to train: a perceptron, on rows with labels.
 *
 * @param layers of the perceptron
 * @param classes its number of outputs
 * @param data rows with labels
 */
record TrainingChoice(List<Layer> layers, int classes, DataSource data) {
  /**
   * Returns what a comparison trains.
   *
   * @param recipe any recipe of the model
   * @throws IllegalArgumentException if it cannot; the message says why
   */
  static TrainingChoice of(Model model, Recipe recipe, DataSource data) {
    List<Layer> layers;
    try {
      layers = Perceptron.layers(model);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the model is no multilayer perceptron of sigmoids that ends in a softmax: "
              + e.getMessage(),
          e);
    }
    if (data.label().isEmpty()) {
      throw new IllegalArgumentException("lsuv.data.label names no column of classes");
    }
    String bias = layers.get(layers.size() - 1).bias().orElseThrow();
    int classes = Math.toIntExact(recipe.entry(bias).shape().elementCount());
    if (classes < 2) {
      throw new IllegalArgumentException("the model has one output and not one per class");
    }
    return new TrainingChoice(layers, classes, data);
  }
}
