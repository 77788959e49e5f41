package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.Diagnostician;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.ProbePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.scheme.Schemes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dealt out to tasks, a diagnosis is what it is in one JVM, to the last bit. */
class SparkDiagnosticianTest {
  @TempDir Path folder;

  @Test
  void equalsTheLocalDiagnosis() throws Exception {
    byte[] yaml = Files.readAllBytes(Path.of("conf/models/digits-cnn.yaml"));
    equalsTheLocalDiagnosis(ModelReader.read(yaml, "digits-cnn.yaml"), "image", Shape.of(1, 8, 8));
  }

  @Test
  void attentionsAreThereOnce() {
    String yaml =
        "input: {shape: [6, 8]}\nlayers: [attention: {name: a, heads: 2}, attention: {name: b, heads: 2}, dense: {name: fc, out: 4}]\n";
    Model model = ModelReader.read(yaml.getBytes(StandardCharsets.UTF_8), "a.yaml");
    assertThat(equalsTheLocalDiagnosis(model, "input", Shape.of(6, 8)).attentions()).hasSize(2);
  }

  private Diagnosis equalsTheLocalDiagnosis(Model model, String input, Shape shape) {
    List<MicroBatch> sample = sample(input, shape);
    List<Start> starts = new ArrayList<>();
    List<Diagnosis> local = new ArrayList<>();
    for (String scheme : List.of("he_normal", "orthogonal")) {
      Recipe recipe =
          Planner.plan(
                  model,
                  new InitSettings(7, List.of(), Optional.of(Schemes.of(scheme, Map.of()))),
                  Set.of())
              .recipe();
      ProbePlan plan = ProbePlan.of(model, recipe, Map.of(input, shape));
      starts.add(new Start(plan, recipe));
      RecipeValues values =
          new RecipeValues(
              7,
              new ScalarKernels(),
              file -> {
                throw new IllegalStateException("no other files");
              });
      local.add(new Diagnostician(sample, 2, new ScalarKernels()).diagnose(plan, recipe, values));
    }
    for (Optional<org.apache.hadoop.fs.Path> scratch :
        List.of(
            Optional.<org.apache.hadoop.fs.Path>empty(),
            Optional.of(new org.apache.hadoop.fs.Path(folder.toUri())))) {
      SparkDiagnostician spark =
          new SparkDiagnostician(TestSpark.context(), KernelsMode.AUTO, scratch, line -> {});
      assertThat(spark.diagnose(TestSpark.context().parallelize(sample, 3), starts, 2))
          .isEqualTo(local);
    }
    return local.get(0);
  }

  private static List<MicroBatch> sample(String input, Shape shape) {
    SplittableRandom random = new SplittableRandom(1);
    List<MicroBatch> sample = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<Long> dims = new ArrayList<>(List.of(4L));
      dims.addAll(shape.dims());
      float[] values = new float[Math.toIntExact(4 * shape.elementCount())];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) random.nextDouble(-1, 1);
      }
      sample.add(MicroBatch.of(i, Map.of(input, TensorValue.ofFloats(new Shape(dims), values))));
    }
    return sample;
  }
}
