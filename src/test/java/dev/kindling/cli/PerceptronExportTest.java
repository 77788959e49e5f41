package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.spark.PerceptronWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights for MLlib's perceptron, which has sigmoids and a softmax. */
class PerceptronExportTest {
  private static final int[] LAYERS = {64, 32, 24, 10};
  private static final int TRAINED = 1_200;

  @TempDir static Path folder;
  private static Path checkpoint;

  @BeforeAll
  static void write() throws IOException {
    Path model = folder.resolve("perceptron.yaml");
    Files.writeString(
        model,
        """
        name: perceptron
        input: {name: pixels, shape: [64]}
        layers:
          - dense: {name: fc1, out: 32}
          - sigmoid
          - dense: {name: fc2, out: 24}
          - sigmoid
          - dense: {name: head, out: 10}
        """);
    Path config = folder.resolve("config.yaml");
    Files.writeString(
        config,
        "model: perceptron.yaml\nseed: 4\ninit: {rules: [{role: bias, scheme: {normal: {std: 0.1}}}]}\n");
    checkpoint = folder.resolve("checkpoint");
    Cli.run("init", config.toString(), "--out", checkpoint.toString()).isDone();
  }

  /** The whole way, from a command to a model of MLlib that computes what the layers say. */
  @Test
  void mllibComputesTheSameNetwork() throws IOException {
    Path target = folder.resolve("mllib");
    Cli.run("export", checkpoint.toString(), "--format", "mllib", "--out", target.toString())
        .isDone();
    try (SparkSession spark = spark()) {
      Row row = spark.read().parquet(target.toString()).first();
      assertThat(row.getList(0)).containsExactly(64, 32, 24, 10);
      Vector weights = (Vector) row.get(1);
      MultilayerPerceptronClassificationModel model =
          classifier(weights).setMaxIter(0).fit(digits(spark, 0, 30));
      float[] pixels = Digits.row(Digits.lines().get(7));
      double[] input = new double[64];
      Arrays.setAll(input, i -> pixels[i]);
      double[] raw = model.predictRaw(Vectors.dense(input)).toArray();
      double[] expected = forward(input);
      for (int i = 0; i < 10; i++) {
        assertThat(raw[i]).isCloseTo(expected[i], within(1e-9));
      }
    }
  }

  @Test
  void trainsTheDigits() throws IOException {
    Vector weights =
        PerceptronWeights.of(dev.kindling.checkpoint.Checkpoint.open(checkpoint.toString()))
            .weights();
    try (SparkSession spark = spark()) {
      Dataset<Row> train = digits(spark, 0, TRAINED).cache();
      Dataset<Row> held = digits(spark, TRAINED, Digits.lines().size());
      MultilayerPerceptronClassificationModel ours = classifier(weights).fit(train);
      MultilayerPerceptronClassificationModel theirs = classifier(null).setSeed(1).fit(train);
      System.out.printf(
          "MLlib's perceptron on the digits: from our weights %.4f of held-out rows right after %d iterations, from its own %.4f after %d%n",
          accuracy(ours, held),
          ours.summary().totalIterations(),
          accuracy(theirs, held),
          theirs.summary().totalIterations());
      assertThat(accuracy(ours, held)).isGreaterThan(0.85);
      assertThat(accuracy(theirs, held)).isGreaterThan(0.85);
    }
  }

  @Test
  void otherModelsAreRefused() throws IOException {
    Path config = folder.resolve("cnn.yaml");
    Files.writeString(
        config, "model: %s\n".formatted(Path.of("conf/models/digits-cnn.yaml").toAbsolutePath()));
    Path cnn = folder.resolve("cnn");
    Cli.run("init", config.toString(), "--out", cnn.toString()).isDone();
    Path target = folder.resolve("no-mllib");
    Cli.run("export", cnn.toString(), "--format", "mllib", "--out", target.toString())
        .isRefused(
            3,
            "Cannot export a checkpoint for MLlib: it is no multilayer perceptron, since 'conv1.weight' of shape [16, 1, 3, 3] and 'conv1.bias' of shape [16] are no weight and its bias");
    assertThat(target).doesNotExist();
  }

  private static double[] forward(double[] input) throws IOException {
    Checkpoint read = new Checkpoint(checkpoint);
    double[] values = input;
    List<String> names = List.of("fc1", "fc2", "head");
    for (int layer = 0; layer < names.size(); layer++) {
      float[] weights = read.weights().get(names.get(layer) + ".weight");
      float[] biases = read.weights().get(names.get(layer) + ".bias");
      double[] sums = new double[biases.length];
      for (int out = 0; out < sums.length; out++) {
        sums[out] = biases[out];
        for (int in = 0; in < values.length; in++) {
          sums[out] += weights[out * values.length + in] * values[in];
        }
      }
      if (layer < names.size() - 1) {
        Arrays.setAll(sums, i -> 1 / (1 + Math.exp(-sums[i])));
      }
      values = sums;
    }
    return values;
  }

  private static MultilayerPerceptronClassifier classifier(Vector weights) {
    MultilayerPerceptronClassifier classifier =
        new MultilayerPerceptronClassifier().setLayers(LAYERS).setMaxIter(100).setTol(1e-4);
    return weights == null ? classifier : classifier.setInitialWeights(weights);
  }

  private static double accuracy(MultilayerPerceptronClassificationModel model, Dataset<Row> rows) {
    return model.evaluate(rows).accuracy();
  }

  private static Dataset<Row> digits(SparkSession spark, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (String line : Digits.lines().subList(from, to)) {
      String[] fields = line.split(",");
      double[] pixels = new double[64];
      Arrays.setAll(pixels, i -> Double.parseDouble(fields[i]) / 16);
      rows.add(RowFactory.create(Double.valueOf(fields[64]), Vectors.dense(pixels)));
    }
    return spark.createDataFrame(
        rows,
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType()));
  }

  private static SparkSession spark() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate();
  }
}
