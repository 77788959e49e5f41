package dev.kindling.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.preset.Labels;
import dev.kindling.preset.OutputBias;
import dev.kindling.preset.Preset;
import dev.kindling.preset.Presets;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.scheme.Orthogonal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What presets promise of the whole network, run by ONNX Runtime with the drawn weights. */
class PresetForwardTest {
  private static final int BATCH = 5;

  private static Model layers(String shape, String layers) {
    String text = "input: {shape: %s}\nlayers: %s\n".formatted(shape, layers);
    return ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml");
  }

  private static Preset preset(String name) {
    return Presets.of(name, Map.of(), new Orthogonal(1));
  }

  private static Map<String, float[]> draw(Model model, Preset preset) {
    InitSettings settings =
        new InitSettings(7, List.of(), Optional.empty()).withPresets(List.of(preset));
    Recipe recipe = Planner.plan(model, settings, Set.of()).recipe();
    RecipeValues values = new RecipeValues(7, new ScalarKernels(), file -> ByteBuffer.allocate(0));
    Map<String, float[]> drawn = new HashMap<>();
    for (RecipeEntry entry : recipe.entries()) {
      float[] all = new float[(int) entry.shape().elementCount()];
      values.fill(entry, 0, all, 0, all.length);
      drawn.put(entry.tensor(), all);
    }
    return drawn;
  }

  private static Map<String, TensorValue> run(
      Model model, Map<String, float[]> weights, Shape sample, Set<String> wanted) {
    float[] data = new float[(int) (BATCH * sample.elementCount())];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) Math.sin(0.7 * i + 1);
    }
    List<Long> dims = new ArrayList<>(List.of((long) BATCH));
    dims.addAll(sample.dims());
    TensorValue input = TensorValue.ofFloats(new Shape(dims), data);
    return WholeGraph.run(
        model.graph().orElseThrow().onnx(), weights, Map.of("input", input), new TreeSet<>(wanted));
  }

  private static float[] floats(TensorValue value) {
    float[] floats = new float[value.byteCount() / Float.BYTES];
    value.bytes().asFloatBuffer().get(floats);
    return floats;
  }

  /** Every block is the identity, every logit 0, so the loss of any label is ln K. */
  @Test
  void fixupMakesEveryBlockTheIdentityAndTheLossLogK() {
    int blocks = 9;
    Model model =
        layers(
            "[3, 8, 8]",
            "[conv2d: {name: stem, out: 4, kernel: 3, padding: same}, relu: {name: r},"
                + " repeat: {name: b, times: 9, layers: [residual: {name: sum, branch: [conv2d: {out: 4, kernel: 3, padding: same},"
                + " relu, conv2d: {out: 4, kernel: 3, padding: same}, scale]}, relu: {name: r}]},"
                + " global-avg-pool, dense: {name: fc, out: 10}]");
    Set<String> wanted = new TreeSet<>(Set.of("r.out", "fc.out"));
    for (int i = 0; i < blocks; i++) {
      wanted.add("b.%d.sum.out".formatted(i));
      wanted.add("b.%d.r.out".formatted(i));
    }
    Map<String, TensorValue> values =
        run(model, draw(model, preset("fixup")), Shape.of(3, 8, 8), wanted);
    float[] before = floats(values.get("r.out"));
    assertThat(before).isNotEqualTo(new float[before.length]);
    for (int i = 0; i < blocks; i++) {
      assertThat(floats(values.get("b.%d.sum.out".formatted(i)))).isEqualTo(before);
      before = floats(values.get("b.%d.r.out".formatted(i)));
    }
    float[] logits = floats(values.get("fc.out"));
    for (int label = 0; label < 10; label++) {
      assertThat(loss(logits, label)).isEqualTo(Math.log(10));
    }
  }

  private static double loss(float[] logits, int label) {
    double sum = 0;
    for (int k = 0; k < 10; k++) {
      sum += Math.exp(logits[k]);
    }
    return Math.log(sum) - logits[label];
  }

  @Test
  void looksLinearNetworkIsTheProductOfItsMatrices() {
    Model model =
        layers(
            "[12]",
            "[dense: {name: a, out: 16}, relu, dense: {name: b, out: 20}, relu, dense: {name: c, out: 14}, relu, dense: {name: d, out: 6}]");
    Map<String, float[]> weights = draw(model, preset("looks_linear"));
    float[] output = floats(run(model, weights, Shape.of(12), Set.of("d.out")).get("d.out"));
    float[] input = new float[12];
    for (int sample = 0; sample < BATCH; sample++) {
      for (int i = 0; i < 12; i++) {
        input[i] = (float) Math.sin(0.7 * (12 * sample + i) + 1);
      }
      double[] x = product(weights.get("a.weight"), 12, 8, 12, widened(input));
      x = product(weights.get("b.weight"), 16, 10, 8, x);
      x = product(weights.get("c.weight"), 20, 7, 10, x);
      x = product(weights.get("d.weight"), 14, 6, 7, x);
      for (int i = 0; i < 6; i++) {
        assertThat((double) output[6 * sample + i]).isCloseTo(x[i], within(2e-6));
      }
    }
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** The product of a matrix's first rows and columns with a vector; the rest is their mirror. */
  private static double[] product(float[] matrix, int stride, int rows, int columns, double[] x) {
    double[] y = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        y[row] += (double) matrix[row * stride + column] * x[column];
      }
    }
    return y;
  }

  /**
   * A sequence of one token attends to itself: the output is x W_V W_out, of which x sees -0.4 of
   * itself, with a deviation of 0.4 / sqrt(96) for each x.
   */
  @Test
  void mimeticAttentionTakesAPartOfEachTokenAway() {
    for (String projections : List.of("separate", "fused")) {
      Model model =
          layers(
              "[1, 96]",
              "[attention: {name: a, heads: 4, projections: %s, bias: false}]"
                  .formatted(projections));
      Map<String, float[]> weights = draw(model, preset("mimetic"));
      String end = model.graph().orElseThrow().onnx().getGraph().getOutput(0).getName();
      float[] output = floats(run(model, weights, Shape.of(1, 96), Set.of(end)).get(end));
      for (int sample = 0; sample < BATCH; sample++) {
        double along = 0;
        double squares = 0;
        for (int i = sample * 96; i < (sample + 1) * 96; i++) {
          double x = Math.sin(0.7 * i + 1);
          along += x * output[i];
          squares += x * x;
        }
        assertThat(along / squares).isCloseTo(-0.4, within(4 * 0.4 / Math.sqrt(96)));
      }
    }
  }

  @Test
  void priorBiasPredictsTheFrequenciesOfTheDigits() throws IOException {
    SortedMap<Long, Long> counts = new TreeMap<>();
    List<String> rows = Files.readAllLines(Path.of("conf/data/digits.csv"));
    int label = List.of(rows.get(0).split(",")).indexOf("label");
    rows.stream()
        .skip(1)
        .forEach(row -> counts.merge(Long.parseLong(row.split(",")[label]), 1L, Long::sum));
    Model model =
        layers("[64]", "[dense: {out: 32}, relu, dense: {name: fc, out: 10}, softmax: {name: p}]");
    Map<String, float[]> weights =
        draw(
            model,
            new OutputBias(
                OutputBias.Of.PRIOR,
                0,
                OutputBias.Weights.ZERO,
                Optional.of(new Labels.Classes(counts))));
    float[] predicted = floats(run(model, weights, Shape.of(64), Set.of("p.out")).get("p.out"));
    for (int k = 0; k < 10; k++) {
      assertThat((double) predicted[k]).isCloseTo(counts.get((long) k) / 1797.0, within(1e-7));
    }
  }
}
