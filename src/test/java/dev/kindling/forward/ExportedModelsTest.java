package dev.kindling.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.recipe.Source;
import dev.kindling.recipe.TensorValues;
import dev.kindling.scheme.Normal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Models that PyTorch exported: each calibrated output has the scale that the whole graph gives it.
 */
class ExportedModelsTest {
  private static final int SAMPLES = 4;
  private static final double SCALE = 1.25;
  private static final TensorValues VALUES =
      new RecipeValues(
          7,
          new ScalarKernels(),
          values -> {
            throw new IllegalStateException("no other files");
          });

  @ParameterizedTest
  @CsvSource({
    "cnn-torchscript, 7",
    "cnn-dynamo, 7",
    "cnn-weightless, 7",
    "tokens-torchscript, 3",
    "tokens-dynamo, 3",
    "tokens-opset16, 3",
    "tied-torchscript, 1",
    "tied-dynamo, 2"
  })
  void stagesGiveWhatTheWholeGraphGives(String name, int stages) throws IOException {
    Model model = read(name);
    Model.Graph graph = model.graph().orElseThrow();
    Recipe recipe = recipe(model);
    boolean tokens = !name.startsWith("cnn");
    Shape sample = tokens ? Shape.of(5) : Shape.of(1, 8, 8);
    StagePlan plan = StagePlan.of(model, recipe, graph.layers(), Map.of("input", sample));
    assertThat(plan.stages().size()).as("stages; skipped: %s", plan.skipped()).isEqualTo(stages);

    MicroBatch frontier = MicroBatch.of(0, Map.of("input", tokens ? tokens() : image()));
    Map<String, TensorValue> whole = whole(graph, plan, recipe, frontier);
    for (Stage stage : plan.stages()) {
      try (StageSession session = new StageSession(stage, recipe, VALUES)) {
        StageOutput output = session.run(frontier, PerChannel.all(SCALE));
        assertSame(stage, output, session.bias(), whole.get(output(graph, stage.layer())));
        frontier = output.next();
        recipe = recipe.scaledBy(stage.layer().weight(), SCALE);
      }
    }
  }

  private static Model read(String name) throws IOException {
    String path = "/models/" + name + ".onnx";
    try (InputStream bytes = ExportedModelsTest.class.getResourceAsStream(path)) {
      return ModelReader.read(bytes.readAllBytes(), path);
    }
  }

  private static Recipe recipe(Model model) {
    InitSettings settings = new InitSettings(7, List.of(), Optional.of(new Normal(0, 0.3)));
    return Planner.plan(model, settings, Set.of()).recipe();
  }

  private static TensorValue image() {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[SAMPLES * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return TensorValue.ofFloats(Shape.of(SAMPLES, 1, 8, 8), values);
  }

  private static TensorValue tokens() {
    long[] ids = new SplittableRandom(1).longs(SAMPLES * 5, 0, 10).toArray();
    return TensorValue.ofLongs(Shape.of(SAMPLES, 5), ids);
  }

  private static Map<String, TensorValue> whole(
      Model.Graph graph, StagePlan plan, Recipe recipe, MicroBatch data) {
    Recipe scaled = recipe;
    Set<String> wanted = new HashSet<>();
    for (Stage stage : plan.stages()) {
      scaled = scaled.scaledBy(stage.layer().weight(), SCALE);
      wanted.add(output(graph, stage.layer()));
    }
    Map<String, float[]> weights = new HashMap<>();
    for (RecipeEntry entry : scaled.entries()) {
      if (entry.source() instanceof Source.Drawn) {
        float[] values = new float[(int) entry.shape().elementCount()];
        VALUES.fill(entry, 0, values, 0, values.length);
        weights.put(entry.tensor(), values);
      }
    }
    return WholeGraph.run(graph.onnx(), weights, data.live(), wanted);
  }

  private static String output(Model.Graph graph, Layer layer) {
    return graph.onnx().getGraph().getNodeList().stream()
        .filter(node -> node.getName().equals(layer.node()))
        .findFirst()
        .orElseThrow()
        .getOutput(0);
  }

  /** Biases are zero here. */
  private static void assertSame(Stage stage, StageOutput output, float[] bias, TensorValue whole) {
    assertThat(bias).containsOnly(new float[bias.length]);
    assertThat(output.shape()).isEqualTo(whole.shape());
    float[] expected = whole.toFloats();
    List<Double> differences = new ArrayList<>();
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      differences.add(Math.abs(SCALE * output.z()[i] - expected[i]));
    }
    assertThat(differences).as(stage.layer().name()).allMatch(difference -> difference <= 1e-5);
    assertThat(largest).isGreaterThan(0.01);
  }
}
