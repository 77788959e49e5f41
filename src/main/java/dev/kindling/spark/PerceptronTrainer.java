package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.diagnose.TrainingRun;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Trains perceptrons with MLlib, by L-BFGS over all rows. A fifth of them, chosen by a keyed hash
 * of their content, are held out. MLlib holds all weights of a perceptron on the driver.
 */
public final class PerceptronTrainer implements AutoCloseable {
  private static final int HELD_OUT_OF = 5;
  private static final StructType COLUMNS =
      new StructType()
          .add("label", DataTypes.DoubleType, false)
          .add("features", SQLDataTypes.VectorType(), false);

  private final DataSource source;
  private final List<Layer> layers;
  private final Dataset<Row> trained;
  private final Dataset<Row> heldOut;

  /**
   * Reads the rows.
   *
   * @param source has one input and labels, classes as whole numbers from 0 on
   * @param layers of the perceptron
   * @param classes its number of outputs
   * @param seed key of the hashes
   * @throws InputException if a label is no class, or no row is left to train on or to hold out
   */
  PerceptronTrainer(
      SparkSession spark, DataSource source, List<Layer> layers, int classes, long seed) {
    this.source = source;
    this.layers = List.copyOf(layers);
    JavaRDD<RowReader.Reading> rows = readings(spark);
    requireClasses(rows, classes);
    JavaRDD<RowReader.Reading> good = rows.filter(row -> !row.isBad());
    this.trained = dataset(spark, good.filter(row -> !isHeldOut(seed, row)));
    this.heldOut = dataset(spark, good.filter(row -> isHeldOut(seed, row)));
    if (trained.isEmpty() || heldOut.isEmpty()) {
      throw new InputException(
          "Cannot train on '%s': it has too few rows to hold a fifth of them out"
              .formatted(source.path()));
    }
  }

  /** The label travels as the stratum; numbers are not rounded to the type of the graph. */
  private JavaRDD<RowReader.Reading> readings(SparkSession spark) {
    DataSource labelled = source.stratifiedBy(source.label());
    String input = source.inputs().get(0).name();
    return Datasets.rows(spark, labelled, RowLayout.of(labelled, Map.of(input, ElementType.F64)));
  }

  private void requireClasses(JavaRDD<RowReader.Reading> rows, int classes) {
    List<String> odd =
        rows.filter(row -> !row.isBad() && !isClass(row.stratum(), classes))
            .map(RowReader.Reading::stratum)
            .take(1);
    if (!odd.isEmpty()) {
      throw new InputException(
          "Cannot train on labels in column '%s' of '%s': one is no class of the model (expected whole numbers from 0 to %d, found '%s')"
              .formatted(source.label(), source.path(), classes - 1, odd.get(0)));
    }
  }

  private static boolean isClass(String label, int classes) {
    try {
      double number = Double.parseDouble(label);
      return number == Math.rint(number) && number >= 0 && number < classes;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isHeldOut(long seed, RowReader.Reading row) {
    String hash = RowHash.ofContent(seed, row.bytes());
    return Integer.parseUnsignedInt(hash.substring(0, 7), 16) % HELD_OUT_OF == 0;
  }

  private static Dataset<Row> dataset(SparkSession spark, JavaRDD<RowReader.Reading> rows) {
    return spark.createDataFrame(rows.map(PerceptronTrainer::row), COLUMNS).cache();
  }

  private static Row row(RowReader.Reading reading) {
    double[] numbers = new double[reading.bytes().length / Double.BYTES];
    ByteBuffer.wrap(reading.bytes()).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(numbers);
    return RowFactory.create(Double.valueOf(reading.stratum()), Vectors.dense(numbers));
  }

  /** Returns the number of rows that are trained on. */
  public long rows() {
    return trained.count();
  }

  /** Returns the number of rows that accuracy is of. */
  public long heldOut() {
    return heldOut.count();
  }

  /**
   * Trains from a start.
   *
   * @param recipe the start
   * @param values generates its tensors
   * @param iterations most iterations
   */
  public TrainingRun train(Recipe recipe, TensorValues values, int iterations) {
    PerceptronWeights start = PerceptronWeights.of(recipe, layers, values);
    MultilayerPerceptronClassificationModel model =
        new MultilayerPerceptronClassifier()
            .setLayers(start.layers().stream().mapToInt(Integer::intValue).toArray())
            .setInitialWeights(start.weights())
            .setMaxIter(iterations)
            .fit(trained);
    List<Double> losses = Arrays.stream(model.summary().objectiveHistory()).boxed().toList();
    return new TrainingRun(losses, model.evaluate(heldOut).accuracy());
  }

  @Override
  public void close() {
    trained.unpersist();
    heldOut.unpersist();
  }
}
