package dev.kindling.proxy;

import dev.kindling.base.InputException;
import dev.kindling.model.Activation;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.recipe.TensorValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Perceptrons as models and recipes have them: weights and biases in turns. */
public final class PerceptronRecipe {
  private PerceptronRecipe() {}

  /**
   * Checks that MLlib can train a model.
   *
   * @throws InputException with the first reason why it cannot
   */
  public static void require(Model model) {
    List<Tensor> tensors = model.tensors();
    if (tensors.size() < 4 || tensors.size() % 2 != 0) {
      throw refuse(
          model,
          "it has %d tensors, not a weight and a bias for each of two layers or more"
              .formatted(tensors.size()));
    }
    for (int i = 0; i < tensors.size(); i += 2) {
      boolean last = i + 2 == tensors.size();
      Tensor weight = tensors.get(i);
      Tensor bias = tensors.get(i + 1);
      if (weight.shape().rank() != 2 || bias.shape().elementCount() != outputs(weight)) {
        throw refuse(
            model,
            "'%s' of shape %s and '%s' of shape %s are no matrix and its bias"
                .formatted(weight.name(), weight.shape(), bias.name(), bias.shape()));
      }
      boolean sigmoid = weight.activation().kind() == Activation.Kind.SIGMOID;
      if (last == sigmoid) {
        throw refuse(
            model,
            last
                ? "a sigmoid follows its last layer '%s' (expected none)".formatted(weight.name())
                : "no sigmoid follows its layer '%s' (found %s)"
                    .formatted(weight.name(), weight.activation().kind()));
      }
      if (i > 0 && inputs(weight) != outputs(tensors.get(i - 2))) {
        throw refuse(
            model, "'%s' does not take what the layer before it gives".formatted(weight.name()));
      }
    }
  }

  private static InputException refuse(Model model, String reason) {
    return new InputException(
        "Cannot train a proxy of model '%s': it is no perceptron that MLlib could train, since %s"
            .formatted(model.name(), reason));
  }

  private static long outputs(Tensor weight) {
    return weight.shape().dim(weight.layout() == Layout.OUT_IN ? 0 : 1);
  }

  private static long inputs(Tensor weight) {
    return weight.shape().dim(weight.layout() == Layout.OUT_IN ? 1 : 0);
  }

  /**
   * Returns the model with hidden layers that are narrower, rounded up; without a graph.
   *
   * @param factor how many times narrower
   */
  public static Model narrowed(Model model, int factor) {
    List<Tensor> narrow = new ArrayList<>();
    int count = model.tensors().size();
    for (int i = 0; i < count; i += 2) {
      Tensor weight = model.tensors().get(i);
      long outputs = i + 2 == count ? outputs(weight) : narrowed(outputs(weight), factor);
      long inputs = i == 0 ? inputs(weight) : narrowed(inputs(weight), factor);
      boolean rows = weight.layout() == Layout.OUT_IN;
      narrow.add(weight.withShape(rows ? Shape.of(outputs, inputs) : Shape.of(inputs, outputs)));
      narrow.add(model.tensors().get(i + 1).withShape(Shape.of(outputs)));
    }
    return new Model(model.name(), narrow, Optional.empty());
  }

  private static long narrowed(long units, int factor) {
    return (units + factor - 1) / factor;
  }

  /** Returns the perceptron that a recipe makes. */
  public static Perceptron read(Recipe recipe, TensorValues values) {
    List<Affine> layers = new ArrayList<>();
    List<RecipeEntry> entries = recipe.entries();
    for (int i = 0; i < entries.size(); i += 2) {
      RecipeEntry entry = entries.get(i);
      int outputs = Math.toIntExact(entry.channels());
      float[] weights = values(entry, values);
      float[] biases = values(entries.get(i + 1), values);
      int inputs = weights.length / outputs;
      double[] rows = new double[weights.length];
      for (int j = 0; j < rows.length; j++) {
        rows[j] = weights[place(j, inputs, outputs, entry.layout())];
      }
      double[] wide = new double[biases.length];
      for (int j = 0; j < wide.length; j++) {
        wide[j] = biases[j];
      }
      layers.add(new Affine(inputs, rows, wide));
    }
    return new Perceptron(layers);
  }

  /** Returns a recipe with the values of a perceptron, rounded to float32. */
  public static Recipe write(Perceptron perceptron, Recipe recipe, String why) {
    List<RecipeEntry> entries = new ArrayList<>();
    for (int layer = 0; layer < perceptron.layers().size(); layer++) {
      Affine affine = perceptron.layers().get(layer);
      RecipeEntry weight = recipe.entries().get(2 * layer);
      float[] weights = new float[affine.weights().length];
      for (int j = 0; j < weights.length; j++) {
        weights[place(j, affine.inputs(), affine.outputs(), weight.layout())] =
            (float) affine.weights()[j];
      }
      float[] biases = new float[affine.outputs()];
      for (int j = 0; j < biases.length; j++) {
        biases[j] = (float) affine.biases()[j];
      }
      entries.add(weight.with(Source.Computed.of(weights), why));
      entries.add(recipe.entries().get(2 * layer + 1).with(Source.Computed.of(biases), why));
    }
    return recipe.withEntries(entries);
  }

  private static float[] values(RecipeEntry entry, TensorValues values) {
    float[] all = new float[Math.toIntExact(entry.shape().elementCount())];
    values.fill(entry, 0, all, 0, all.length);
    return all;
  }

  private static int place(int index, int inputs, int outputs, Layout layout) {
    return layout == Layout.OUT_IN ? index : index % inputs * outputs + index / inputs;
  }
}
