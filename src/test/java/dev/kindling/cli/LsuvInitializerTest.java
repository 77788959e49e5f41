package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.spark.LsuvInitializer;
import dev.kindling.spark.LsuvModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.ElementwiseProduct;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user of Spark ML does, in a session that knows nothing of us. */
class LsuvInitializerTest {
  private static final String MODEL = "conf/models/digits-cnn.yaml";

  @TempDir static Path folder;
  private static Checkpoint command;
  private static String digest;
  private static SparkSession spark;
  private static Dataset<Row> digits;
  private static PipelineModel fitted;

  /** The command first, since it ends Spark. */
  @BeforeAll
  static void fit() throws IOException {
    String out = folder.resolve("command").toString();
    Cli.run("lsuv", "conf/quickstart.yaml", "--out", out).isDone();
    command = new Checkpoint(Path.of(out));
    digest = Cli.digest(out);
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("notebook")
            .config("spark.ui.enabled", "false")
            .getOrCreate();
    digits =
        spark.read().option("header", true).option("inferSchema", true).csv(Digits.CSV.toString());
    fitted =
        new Pipeline()
            .setStages(new PipelineStage[] {assembler(), sixteenth(), initializer()})
            .fit(digits);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static VectorAssembler assembler() {
    return new VectorAssembler()
        .setInputCols(IntStream.range(0, 64).mapToObj(pixel -> "p" + pixel).toArray(String[]::new))
        .setOutputCol("pixels");
  }

  private static ElementwiseProduct sixteenth() {
    double[] factors = IntStream.range(0, 64).mapToDouble(pixel -> 0.0625).toArray();
    return new ElementwiseProduct()
        .setScalingVec(Vectors.dense(factors))
        .setInputCol("pixels")
        .setOutputCol("features");
  }

  private static LsuvInitializer initializer() {
    return new LsuvInitializer().setModel(MODEL).setSeed(42).setBatch(512).setMicroBatch(32);
  }

  private static LsuvModel model() {
    return (LsuvModel) fitted.stages()[2];
  }

  @Test
  void givesTheRecipeOfTheCommand() {
    assertThat(model().recipe()).isEqualTo(command.recipe());
    assertThat(model().calibration()).isEqualTo(command.calibration());
    assertThat(model().hasParent()).isTrue();
  }

  @Test
  void writesTheCheckpointOfTheCommand() throws IOException {
    Path out = folder.resolve("estimator");
    model().writeCheckpoint(out.toString());
    assertThat(new Checkpoint(out).manifest().digest()).isEqualTo(digest);
    new Checkpoint(out).hasNoOtherFiles();
    model().writeCheckpoint(out.toString());
    assertThat(new Checkpoint(out).manifest().runId()).isEqualTo(command.manifest().runId());
  }

  @Test
  void summaryHasARowPerLayer() {
    List<Row> rows = model().summary().collectAsList();
    assertThat(rows)
        .extracting(row -> row.<String>getAs("layer"))
        .containsExactlyElementsOf(
            command.calibration().layers().stream().map(LayerResult::layer).toList());
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.<Double>getAs("varianceAfter")).isBetween(0.999, 1.001);
              assertThat(row.<Double>getAs("freshLow")).isLessThan(1);
              assertThat(row.<Double>getAs("freshHigh")).isGreaterThan(1);
            });
  }

  @Test
  void aPipelineWithItIsSavedAndLoaded() throws IOException {
    String path = folder.resolve("pipeline").toString();
    fitted.write().overwrite().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    LsuvModel again = (LsuvModel) loaded.stages()[2];
    assertThat(again.uid()).isEqualTo(model().uid());
    assertThat(again.recipeJson()).isEqualTo(model().recipeJson());
    assertThat(again.calibration()).isEqualTo(model().calibration());
    assertThat(loaded.transform(digits).columns()).contains("features", "label");
  }

  @Test
  void paramsAreSavedCopiedAndExplained() throws IOException {
    String path = folder.resolve("estimator-params").toString();
    LsuvInitializer initializer =
        initializer().setMeasure("after-activation").setLayers("conv*").setTargetMean(0.5);
    initializer.write().overwrite().save(path);
    LsuvInitializer loaded = LsuvInitializer.load(path);
    assertThat(withoutLayers(loaded)).isEqualTo(withoutLayers(initializer));
    assertThat(loaded.explainParams())
        .contains(
            "batch: rows of a sample (default: 512, current: 512)",
            "measure: what of a layer gets the variance: output or after-activation (default: output, current: after-activation)",
            "workDir: folder that all executors reach");
    ParamMap extra = new ParamMap().put(initializer.seed().w(7));
    LsuvInitializer copy = initializer.copy(extra);
    assertThat(copy.uid()).isEqualTo(initializer.uid());
    assertThat(copy.getOrDefault(copy.seed())).isEqualTo(7L);
    assertThat(copy.getOrDefault(copy.layers())).containsExactly("conv*");
    assertThat(initializer.getOrDefault(initializer.seed())).isEqualTo(42L);
  }

  /** Spark prints an array by its address. */
  private static List<String> withoutLayers(LsuvInitializer initializer) {
    return initializer.explainParams().lines().filter(line -> !line.startsWith("layers")).toList();
  }

  @Test
  void paramsAndColumnsAreChecked() {
    assertThatThrownBy(() -> initializer().setBatch(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch given invalid value 0");
    assertThatThrownBy(() -> initializer().setStatistic("chanel"))
        .hasMessageContaining("statistic given invalid value chanel");
    assertThatThrownBy(() -> initializer().fit(digits))
        .hasMessageStartingWith("Cannot calibrate: column 'features' does not exist (expected one");
    Dataset<Row> words = spark.sql("select 'a' as features");
    assertThatThrownBy(() -> initializer().transformSchema(words.schema()))
        .hasMessage(
            "Cannot calibrate: column 'features' has the wrong type (expected an array, a vector, bytes or a number, found string)");
    Dataset<Row> few = spark.sql("select array(1.0, 2.0) as features");
    assertThatThrownBy(() -> new LsuvInitializer().fit(few))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("Cannot calibrate: Param model is not set");
    assertThatThrownBy(() -> initializer().fit(few))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read data at column 'features' of the row that begins 'ArraySeq(1.0, 2.0)': wrong length of the array (expected 64, found 2)");
    assertThatThrownBy(() -> initializer().setLayers("convolution").fit(few))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "Cannot calibrate model 'digits-cnn.yaml': layers 'convolution' chooses none (expected one of [conv1");
    assertThatThrownBy(
            () ->
                initializer()
                    .setInputCols("features", "mask")
                    .fit(few.withColumn("mask", few.col("features"))))
        .hasMessageContaining("as many columns as graph inputs are needed, set inputCols");
  }

  /** What a killed session leaves in workDir, the next one finds there. */
  @Test
  void aFitThatIsCutShortGoesOnWhereItEnded() throws Exception {
    Path work = folder.resolve("work");
    Dataset<Row> features = sixteenth().transform(assembler().transform(digits));
    Thread killer = new Thread(() -> cancelJobsAfterTheFirstLayer(work));
    killer.start();
    assertThatThrownBy(() -> initializer().setWorkDir(work.toString()).fit(features))
        .hasMessageContaining("cancelled");
    killer.interrupt();
    killer.join();
    List<String> jobs = new CopyOnWriteArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            jobs.add(String.valueOf(job.properties().getProperty("spark.job.description")));
          }
        };
    spark.sparkContext().addSparkListener(listener);
    LsuvModel resumed = initializer().setWorkDir(work.toString()).fit(features);
    spark.sparkContext().listenerBus().waitUntilEmpty();
    spark.sparkContext().removeSparkListener(listener);
    assertThat(resumed.recipe()).isEqualTo(model().recipe());
    assertThat(jobs).contains("lsuv: layer conv1 again");
    assertThat(work).isEmptyDirectory();
  }

  private static void cancelJobsAfterTheFirstLayer(Path work) {
    try {
      while (!holdsALayer(work)) {
        Thread.sleep(1);
      }
      while (true) {
        spark.sparkContext().cancelAllJobs();
        Thread.sleep(5);
      }
    } catch (InterruptedException | IOException e) {
      // The fit has ended.
    }
  }

  private static boolean holdsALayer(Path work) throws IOException {
    if (!Files.exists(work)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(work)) {
      return files.anyMatch(file -> file.getFileName().toString().equals("layer-00000.json"));
    } catch (UncheckedIOException e) {
      // What was there a moment ago has been renamed.
      return false;
    }
  }
}
