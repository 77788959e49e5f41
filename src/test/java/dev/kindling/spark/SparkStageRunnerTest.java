package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.calibrate.ChannelGroups;
import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.LocalStageRunner;
import dev.kindling.calibrate.Lsuv;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.calibrate.StageMoments;
import dev.kindling.calibrate.StageRunner;
import dev.kindling.forward.Measure;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StagePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.recipe.RecipeValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.RDDInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Distributed, a pass gives what it gives in one JVM, byte for byte. */
class SparkStageRunnerTest {
  private static final int SEED = 42;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void equalsTheLocalRunner(int partitions) throws IOException {
    Case digits =
        new Case(Files.readAllBytes(Path.of("conf/models/digits-cnn.yaml")), Shape.of(1, 8, 8));
    List<MicroBatch> sample = digits.sample(9, 5);
    Passed local = digits.local(sample);
    JavaSparkContext context = TestSpark.context();
    try (SparkStageRunner runner =
        new SparkStageRunner(
            context,
            distribute(context, sample, partitions),
            runFolder(),
            KernelsMode.AUTO,
            line -> {})) {
      assertThat(digits.pass(runner)).isEqualTo(local);
    }
    assertThat(local.moments())
        .hasSize(6)
        .allMatch(moments -> moments.get(0).groups().get(0).count() > 0);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void equalsTheLocalRunnerBehindActivations() throws IOException {
    byte[] yaml = Files.readAllBytes(Path.of("conf/models/digits-cnn.yaml"));
    Case digits = new Case(yaml, Shape.of(1, 8, 8), Measure.AFTER_ACTIVATION, 1 << 28);
    List<MicroBatch> sample = digits.sample(4, 5);
    Passed local = digits.local(sample);
    try (SparkStageRunner runner =
        new SparkStageRunner(
            TestSpark.context(),
            distribute(TestSpark.context(), sample, 3),
            runFolder(),
            KernelsMode.AUTO,
            line -> {})) {
      assertThat(digits.pass(runner)).isEqualTo(local);
    }
    assertThat(local.layers().get(0).note()).isEqualTo("measured behind its Relu");
    assertThat(local.layers().get(0).varianceAfter()).isCloseTo(1, within(1e-6));
    assertThat(local.moments()).hasSizeGreaterThan(6);
  }

  /** Every layer in several slices; those of the last are measured and dropped. */
  @Test
  void slicesOfWeightsEqualTheLocalRunner() throws IOException {
    for (Measure measure : Measure.values()) {
      slicesOfWeightsEqualTheLocalRunner(measure);
    }
  }

  private void slicesOfWeightsEqualTheLocalRunner(Measure measure) throws IOException {
    byte[] yaml = Files.readAllBytes(Path.of("conf/models/digits-cnn.yaml"));
    Shape shape = Shape.of(1, 8, 8);
    Case sliced = new Case(yaml, shape, measure, 512);
    List<MicroBatch> sample = sliced.sample(4, 5);
    Passed local = sliced.local(sample);
    JavaSparkContext context = TestSpark.context();
    try (SparkStageRunner runner =
        new SparkStageRunner(
            context, distribute(context, sample, 3), runFolder(), KernelsMode.AUTO, line -> {})) {
      assertThat(sliced.pass(runner)).isEqualTo(local);
    }
    assertThat(sliced.stages.stages())
        .allMatch(stage -> stage.slices().orElseThrow().count() > 1)
        .hasSize(6);

    Case whole = new Case(yaml, shape, measure, 1 << 28);
    whole.sample(4, 5);
    List<Double> scales = whole.local(sample).layers().stream().map(LayerResult::scale).toList();
    for (int layer = 0; layer < scales.size(); layer++) {
      assertThat(local.layers().get(layer).scale()).isCloseTo(scales.get(layer), within(1e-5));
    }
  }

  /** So many layers that frontiers are written down on the way. */
  @Test
  void equalsTheLocalRunnerOverManyLayers() throws IOException {
    String layers =
        IntStream.range(0, 43)
            .mapToObj(i -> "  - dense: {name: d%d, out: 8}\n  - relu\n".formatted(i))
            .collect(Collectors.joining());
    String yaml = "name: deep\ninput: {name: x, shape: [8]}\nlayers:\n" + layers;
    Case deep = new Case(yaml.getBytes(StandardCharsets.UTF_8), Shape.of(8));
    List<MicroBatch> sample = deep.sample(6, 4);
    Passed local = deep.local(sample);
    List<Boolean> written = new ArrayList<>();
    // A context of its own: the folder of frontiers is set once per application.
    TestSpark.session().stop();
    JavaSparkContext context = TestSpark.context();
    try (SparkStageRunner runner =
        new SparkStageRunner(
            context, distribute(context, sample, 2), runFolder(), KernelsMode.AUTO, line -> {})) {
      StageRunner watched = watch(runner, written);
      assertThat(deep.pass(watched)).isEqualTo(local);
    }
    assertThat(written.subList(0, 19)).containsOnly(false);
    assertThat(written.subList(19, 43)).containsOnly(true);
    assertThat(folder).isEmptyDirectory();
  }

  /** As after the death of executors: what they held is computed again from what is written. */
  @Test
  void lostFrontiersAreComputedAgain() throws IOException {
    String layers =
        IntStream.range(0, 23)
            .mapToObj(i -> "  - dense: {name: d%d, out: 8}\n  - relu\n".formatted(i))
            .collect(Collectors.joining());
    String yaml = "name: deep\ninput: {name: x, shape: [8]}\nlayers:\n" + layers;
    Case deep = new Case(yaml.getBytes(StandardCharsets.UTF_8), Shape.of(8));
    List<MicroBatch> sample = deep.sample(4, 4);
    Passed local = deep.local(sample);
    TestSpark.session().stop();
    JavaSparkContext context = TestSpark.context();
    List<Integer> lost = new ArrayList<>();
    try (SparkStageRunner runner =
        new SparkStageRunner(
            context, distribute(context, sample, 2), runFolder(), KernelsMode.AUTO, line -> {})) {
      assertThat(deep.pass(watch(runner, () -> lost.add(loseBlocks(context))))).isEqualTo(local);
    }
    assertThat(lost).hasSize(23).allMatch(frontiers -> frontiers > 0);
  }

  /** Removes the blocks of all frontiers, and returns of how many there were any. */
  private static int loseBlocks(JavaSparkContext context) {
    int lost = 0;
    for (RDDInfo frontier : context.sc().getRDDStorageInfo()) {
      lost += frontier.numCachedPartitions() > 0 ? 1 : 0;
      context.sc().env().blockManager().master().removeRdd(frontier.id(), true);
    }
    return lost;
  }

  /** Notes after each stage whether files of a frontier stand. */
  private StageRunner watch(StageRunner runner, List<Boolean> written) {
    return watch(
        runner,
        () -> {
          try (Stream<Path> files = Files.walk(folder)) {
            written.add(files.anyMatch(file -> file.getFileName().toString().startsWith("part-")));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Does something after each stage. */
  private static StageRunner watch(StageRunner runner, Runnable after) {
    return new StageRunner() {
      @Override
      public List<StageMoments> run(
          Stage stage, Recipe recipe, PerChannel previousScale, ChannelGroups groups) {
        List<StageMoments> moments = runner.run(stage, recipe, previousScale, groups);
        after.run();
        return moments;
      }

      @Override
      public void replay(Stage stage, Recipe recipe, PerChannel previousScale) {
        runner.replay(stage, recipe, previousScale);
      }

      @Override
      public List<StageMoments> tryOut(
          Stage stage, Recipe recipe, PerChannel scale, ChannelGroups groups) {
        return runner.tryOut(stage, recipe, scale, groups);
      }

      @Override
      public void close() {
        runner.close();
      }
    };
  }

  private org.apache.hadoop.fs.Path runFolder() {
    return new org.apache.hadoop.fs.Path(folder.resolve("out/_run/0011").toUri());
  }

  private static JavaRDD<MicroBatch> distribute(
      JavaSparkContext context, List<MicroBatch> sample, int partitions) {
    List<StagePart> parts = sample.stream().map(StagePart::start).toList();
    return context.parallelize(parts, partitions).map(StagePart::next);
  }

  /** What came out of a pass, with all moments as they were before any judgement. */
  private record Passed(
      List<List<StageMoments>> moments, List<LayerResult> layers, String recipe) {}

  /** A model and how it is calibrated. */
  private static final class Case {
    private final Shape shape;
    private final Recipe recipe;
    private final StagePlan stages;
    private final String input;
    private SampleLayout layout;

    Case(byte[] yaml, Shape shape) throws IOException {
      this(yaml, shape, Measure.OUTPUT, 1 << 28);
    }

    Case(byte[] yaml, Shape shape, Measure measure, long sliceBytes) throws IOException {
      this.shape = shape;
      Model model = ModelReader.read(yaml, "model.yaml");
      List<Layer> layers = model.graph().orElseThrow().layers();
      recipe =
          Planner.plan(
                  model,
                  new InitSettings(SEED, List.of(), Optional.empty()),
                  layers.stream().map(Layer::weight).collect(Collectors.toSet()))
              .recipe();
      input = StagePlan.dataInputs(model, recipe).get(0);
      stages = StagePlan.of(model, recipe, layers, Map.of(input, shape), measure, sliceBytes);
    }

    /** Returns full micro-batches and a short one. */
    List<MicroBatch> sample(int microBatches, int rows) {
      int batch = microBatches / 2 * rows;
      layout = new SampleLayout(batch, rows, 1, microBatches * rows - 1 - batch);
      SplittableRandom random = new SplittableRandom(11);
      List<MicroBatch> sample = new ArrayList<>();
      for (int index = 0; index < microBatches; index++) {
        long count = index == microBatches - 1 ? rows - 1 : rows;
        float[] values = new float[(int) (count * shape.elementCount())];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble();
        }
        List<Long> dims = new ArrayList<>(List.of(count));
        dims.addAll(shape.dims());
        sample.add(
            MicroBatch.of(index, Map.of(input, TensorValue.ofFloats(new Shape(dims), values))));
      }
      return sample;
    }

    Passed local(List<MicroBatch> sample) {
      RecipeValues values =
          new RecipeValues(
              SEED,
              new ScalarKernels(),
              file -> {
                throw new IllegalStateException("no other files");
              });
      try (LocalStageRunner runner = new LocalStageRunner(sample, values)) {
        return pass(runner);
      }
    }

    Passed pass(StageRunner runner) {
      List<List<StageMoments>> moments = new ArrayList<>();
      StageRunner noting =
          new StageRunner() {
            @Override
            public List<StageMoments> run(
                Stage stage, Recipe scaled, PerChannel previousScale, ChannelGroups groups) {
              moments.add(runner.run(stage, scaled, previousScale, groups));
              return moments.get(moments.size() - 1);
            }

            @Override
            public void replay(Stage stage, Recipe scaled, PerChannel previousScale) {
              runner.replay(stage, scaled, previousScale);
            }

            @Override
            public List<StageMoments> tryOut(
                Stage stage, Recipe scaled, PerChannel scale, ChannelGroups groups) {
              moments.add(runner.tryOut(stage, scaled, scale, groups));
              return moments.get(moments.size() - 1);
            }

            @Override
            public void close() {
              runner.close();
            }
          };
      Lsuv.Outcome outcome =
          new Lsuv(
                  new LsuvSettings(layout.batch(), layout.microBatch(), 1),
                  layout,
                  noting,
                  Journal.NONE,
                  Progress.SILENT)
              .calibrate(stages, recipe);
      return new Passed(moments, outcome.layers(), RecipeJson.toJson(outcome.recipe()));
    }
  }
}
