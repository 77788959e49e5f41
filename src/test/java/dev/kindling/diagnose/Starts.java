package dev.kindling.diagnose;

import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.LocalStageRunner;
import dev.kindling.calibrate.Lsuv;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.ProbePlan;
import dev.kindling.forward.StagePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.preset.Presets;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** A model from layer YAML, its starts, and a sample of normals. */
final class Starts {
  static final long SEED = 5;
  private static final RecipeValues VALUES =
      new RecipeValues(
          SEED,
          new ScalarKernels(),
          file -> {
            throw new IllegalStateException("no other files");
          });

  private final Model model;
  private final Shape input;

  Starts(Shape input, String layers) {
    this.input = input;
    String text = "input: {shape: %s}\nlayers: [%s]\n".formatted(input, layers);
    this.model = ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml");
  }

  /** Dense layers of one width, each followed by an activation; a last one without. */
  static Starts chain(int depth, int width, String activation) {
    List<String> layers = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      layers.add("dense: {name: l%02d, out: %d}".formatted(i, width));
      if (!activation.isEmpty() && i < depth - 1) {
        layers.add(activation);
      }
    }
    return new Starts(Shape.of(width), String.join(", ", layers));
  }

  Model model() {
    return model;
  }

  Recipe of(Scheme scheme) {
    return plan(new InitSettings(SEED, List.of(), Optional.of(scheme)));
  }

  Recipe of(String scheme) {
    return of(Schemes.of(scheme, Map.of()));
  }

  Recipe preset(String name) {
    return plan(
        new InitSettings(SEED, List.of(), Optional.empty())
            .withPresets(List.of(Presets.of(name, Map.of(), new Orthogonal(1)))));
  }

  Recipe lsuv(int rows) {
    List<Layer> layers = model.graph().orElseThrow().layers();
    Recipe recipe =
        Planner.plan(
                model,
                new InitSettings(SEED, List.of(), Optional.empty()),
                layers.stream().map(Layer::weight).collect(Collectors.toSet()))
            .recipe();
    LsuvSettings settings = new LsuvSettings(rows, rows / 2, 1);
    StagePlan stages = StagePlan.of(model, recipe, layers, Map.of("input", input));
    return new Lsuv(
            settings,
            settings.layout(rows),
            new LocalStageRunner(sample(rows), VALUES),
            Journal.NONE,
            Progress.SILENT)
        .calibrate(stages, recipe)
        .recipe();
  }

  private Recipe plan(InitSettings settings) {
    return Planner.plan(model, settings, Set.of()).recipe();
  }

  /** Two micro-batches of standard normals. */
  List<MicroBatch> sample(int rows) {
    Random random = new Random(3);
    List<MicroBatch> sample = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      float[] values = new float[Math.toIntExact(rows / 2 * input.elementCount())];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) random.nextGaussian();
      }
      List<Long> dims = new ArrayList<>(List.of(rows / 2L));
      dims.addAll(input.dims());
      sample.add(MicroBatch.of(i, Map.of("input", TensorValue.ofFloats(new Shape(dims), values))));
    }
    return sample;
  }

  Diagnosis diagnose(Recipe recipe, int rows, int directions) {
    return new Diagnostician(sample(rows), directions, new ScalarKernels())
        .diagnose(ProbePlan.of(model, recipe, Map.of("input", input)), recipe, VALUES);
  }

  static float[] values(Recipe recipe, String tensor) {
    float[] values = new float[Math.toIntExact(recipe.entry(tensor).shape().elementCount())];
    VALUES.fill(recipe.entry(tensor), 0, values, 0, values.length);
    return values;
  }
}
