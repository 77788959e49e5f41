package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.FusedBlocks;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.calibrate.Statistic;
import dev.kindling.datastart.Directions;
import dev.kindling.datastart.Method;
import dev.kindling.datastart.Rbm;
import dev.kindling.forward.Measure;
import dev.kindling.forward.StagePlan;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.recipe.RecipeValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On the shipped digits, stored in 1, 2 and 7 partitions. */
class StartJobTest {
  private static final String CNN = "conf/models/digits-cnn.yaml";

  @TempDir static Path folder;
  private static SparkSession spark;

  /** MLlib's own classes are not all known to Kryo, so none are required to be. */
  @BeforeAll
  static void store() throws IOException {
    TestSpark.session().stop();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("test")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrator", KindlingKryoRegistrator.class.getName())
            .config("spark.sql.files.maxPartitionBytes", "4MB")
            .config("spark.sql.files.openCostInBytes", "4MB")
            .getOrCreate();
    List<String> lines = Files.readAllLines(Path.of("conf/data/digits.csv"));
    for (int files : new int[] {1, 2, 7}) {
      Path parts = Files.createDirectories(folder.resolve("files" + files));
      for (int file = 0; file < files; file++) {
        List<String> part = new ArrayList<>(List.of(lines.get(0)));
        for (int line = lines.size() - 1 - file; line > 0; line -= files) {
          part.add(lines.get(line));
        }
        Files.write(parts.resolve("part-" + file + ".csv"), part);
      }
    }
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void partitionsChangeNoBit(Method method) {
    Recipe once = started(CNN, method, 1, List.of("conv1", "conv2"));
    String json = RecipeJson.toJson(once);

    assertThat(json)
        .contains("start: %s of 2048 patches".formatted(method.name().toLowerCase(Locale.ROOT)));
    assertThat(RecipeJson.toJson(started(CNN, method, 2, List.of("conv1", "conv2"))))
        .isEqualTo(json);
    assertThat(RecipeJson.toJson(started(CNN, method, 7, List.of("conv1", "conv2"))))
        .isEqualTo(json);
    assertThat(RecipeJson.parse(json, "test")).isEqualTo(once);
  }

  /** Whitened directions see what has nothing to do with each other. */
  @Test
  void principalDirectionsGiveUncorrelatedOutputs() {
    Recipe recipe = started("conf/models/mlp.yaml", Method.PCA, 2, List.of("fc1"));
    double[][] w = weights(recipe, "fc1.weight", 128);
    double[][] rows = sample(512);
    double[][] out = new double[40][rows.length];
    for (int unit = 0; unit < out.length; unit++) {
      for (int row = 0; row < rows.length; row++) {
        for (int i = 0; i < 64; i++) {
          out[unit][row] += w[unit][i] * rows[row][i];
        }
      }
    }
    for (int a = 0; a < out.length; a++) {
      for (int b = 0; b <= a; b++) {
        assertThat(covariance(out[a], out[b]))
            .as("units %d and %d", a, b)
            .isCloseTo(a == b ? 1 : 0, within(0.01));
      }
    }
  }

  /** The variance of pixels, 0.072, is what biases alone could bring the error down to. */
  @Test
  void machinesLearnToReconstructDigits() throws IOException {
    Path yaml = folder.resolve("stack.yaml");
    Files.writeString(
        yaml,
        """
        name: stack
        input: {name: pixels, shape: [64]}
        layers:
          - dense: {name: fc1, out: 48}
          - sigmoid
          - dense: {name: fc2, out: 32}
          - sigmoid
          - dense: {name: head, out: 10}
        """);
    RbmJob.Trained once = trained(yaml.toString(), 1);

    assertThat(once.errors()).hasSize(2);
    assertThat(once.errors().get(0).first()).isGreaterThan(0.15);
    assertThat(once.errors().get(0).last()).isLessThan(0.05);
    assertThat(once.errors().get(1).last()).isLessThan(0.5 * once.errors().get(1).first());
    String json = RecipeJson.toJson(once.recipe());
    assertThat(RecipeJson.toJson(trained(yaml.toString(), 2).recipe())).isEqualTo(json);
    assertThat(RecipeJson.toJson(trained(yaml.toString(), 7).recipe())).isEqualTo(json);
  }

  @Test
  void refusesMoreOutputsThanPatches() {
    assertThatThrownBy(() -> started(CNN, Method.PATCHES, 1, List.of("fc1"), 64))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot start layer 'fc1' from data: it has more outputs than there are patches (expected at least 112, found 64); raise lsuv.batch or start.patches");
  }

  private static Recipe started(String path, Method method, int files, List<String> names) {
    return started(path, method, files, names, 512);
  }

  private static Recipe started(
      String path, Method method, int files, List<String> names, int batch) {
    Model model = HadoopModels.readAbsolute(path, new Configuration(false));
    List<Layer> layers = layers(model, names);
    Recipe recipe = recipe(model, layers);
    DataSource source = source(model, recipe, files);
    LsuvSettings settings = settings(batch);
    StartJob job =
        new StartJob(
            model,
            recipe,
            layers,
            layers.stream().map(Layer::weight).collect(Collectors.toSet()),
            source.shapes(),
            new Directions(method, 2048),
            settings);
    return job.run(sample(model, recipe, layers, source, settings), place(), Progress.SILENT)
        .recipe();
  }

  private static RbmJob.Trained trained(String path, int files) {
    Model model = HadoopModels.readAbsolute(path, new Configuration(false));
    List<Layer> layers = layers(model, List.of("fc1", "fc2"));
    Recipe recipe = recipe(model, layers);
    DataSource source = source(model, recipe, files);
    LsuvSettings settings = settings(512);
    return new RbmJob(
            model,
            recipe,
            layers,
            layers.stream().map(Layer::weight).collect(Collectors.toSet()),
            source.shapes(),
            new Rbm(100, 0.5),
            settings)
        .run(sample(model, recipe, layers, source, settings), place());
  }

  private static StartJob.Place place() {
    return new StartJob.Place(
        spark,
        new org.apache.hadoop.fs.Path(folder.resolve("run").toUri()),
        KernelsMode.SCALAR,
        line -> {});
  }

  private static List<Layer> layers(Model model, List<String> names) {
    return model.graph().orElseThrow().layers().stream()
        .filter(layer -> names.contains(layer.name()))
        .toList();
  }

  private static Recipe recipe(Model model, List<Layer> layers) {
    Set<String> weights = layers.stream().map(Layer::weight).collect(Collectors.toSet());
    return Planner.plan(model, new InitSettings(42, List.of(), Optional.empty()), weights).recipe();
  }

  private static DataSource source(Model model, Recipe recipe, int files) {
    Map<String, Shape> shapes = StagePlan.sampleShapes(model, recipe);
    String input = shapes.keySet().iterator().next();
    DataInput pixels =
        DataInput.only(
                IntStream.range(0, 64).mapToObj(i -> "p" + i).toList(), shapes.get(input), 0.0625)
            .named(input);
    return new DataSource(
        "csv", folder.resolve("files" + files).toString(), List.of(pixels), Map.of());
  }

  private static Sample sample(
      Model model, Recipe recipe, List<Layer> layers, DataSource source, LsuvSettings settings) {
    return new Sampler(spark, source, 42)
        .draw(StagePlan.of(model, recipe, layers, source.shapes()).dataTypes(), settings);
  }

  private static LsuvSettings settings(int batch) {
    return new LsuvSettings(
        batch,
        32,
        1,
        Optional.of(0.1),
        Measure.OUTPUT,
        Statistic.CHANNEL,
        FusedBlocks.TOGETHER,
        Optional.empty(),
        Optional.of(0),
        LsuvSettings.DEFAULT_MAX_CORRECTION);
  }

  private static double[][] weights(Recipe recipe, String name, int outputs) {
    float[] all = new float[outputs * 64];
    new RecipeValues(
            42,
            new ScalarKernels(),
            file -> {
              throw new AssertionError("no file is read");
            })
        .fill(recipe.entry(name), 0, all, 0, all.length);
    double[][] rows = new double[outputs][64];
    for (int i = 0; i < all.length; i++) {
      rows[i / 64][i % 64] = all[i];
    }
    return rows;
  }

  private static double[][] sample(int rows) {
    Model model = HadoopModels.readAbsolute("conf/models/mlp.yaml", new Configuration(false));
    List<Layer> layers = layers(model, List.of("fc1"));
    Recipe recipe = recipe(model, layers);
    double[][] sample = new double[rows][64];
    sample(model, recipe, layers, source(model, recipe, 1), settings(rows))
        .microBatches()
        .collect()
        .forEach(
            batch -> {
              float[] values = batch.live().values().iterator().next().toFloats();
              for (int i = 0; i < values.length; i++) {
                sample[batch.index() * 32 + i / 64][i % 64] = values[i];
              }
            });
    return sample;
  }

  private static double covariance(double[] a, double[] b) {
    double meanA = IntStream.range(0, a.length).mapToDouble(i -> a[i]).average().orElseThrow();
    double meanB = IntStream.range(0, b.length).mapToDouble(i -> b[i]).average().orElseThrow();
    return IntStream.range(0, a.length)
        .mapToDouble(i -> (a[i] - meanA) * (b[i] - meanB))
        .average()
        .orElseThrow();
  }
}
