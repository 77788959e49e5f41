package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.Shape;
import dev.kindling.proxy.Perceptron;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Trains perceptrons on the rows of a sample with MLlib, and judges them on its check rows. MLlib
 * adds gradients up per partition and these in the order in which they arrive: with two partitions
 * that order decides no bit, so there are two, whatever the cluster.
 */
final class ProxyTrainer implements AutoCloseable {
  /** Name under which a sample holds its labels. */
  static final String LABEL = "kindling.label";

  private static final int PARTITIONS = 2;
  private static final StructType SCHEMA =
      new StructType()
          .add("label", DataTypes.DoubleType, false)
          .add("features", SQLDataTypes.VectorType(), false);

  private final Dataset<Row> training;
  private final Dataset<Row> test;
  private final long testRows;

  /**
   * Prepares to train.
   *
   * @param sample its rows have one input and {@link #LABEL}
   * @param classes number of outputs
   * @throws InputException if a label is no class
   */
  ProxyTrainer(SparkSession spark, Sample sample, String input, int classes) {
    SampleLayout layout = sample.layout();
    int together = layout.microBatch();
    int trained = layout.batch();
    JavaRDD<Tuple2<Long, Row>> rows =
        sample.microBatches().flatMap(batch -> rows(batch, input, together));
    this.training = table(spark, rows, batch -> batch < trained);
    this.test = table(spark, rows, batch -> batch >= trained);
    this.testRows = test.count();
    requireClasses(classes);
  }

  private interface Choice extends java.io.Serializable {
    boolean takes(long row);
  }

  private static Dataset<Row> table(
      SparkSession spark, JavaRDD<Tuple2<Long, Row>> rows, Choice choice) {
    JavaRDD<Row> sorted =
        rows.filter(row -> choice.takes(row._1()))
            .mapToPair(row -> row)
            .repartitionAndSortWithinPartitions(new HashPartitioner(PARTITIONS))
            .values();
    return spark.createDataFrame(sorted, SCHEMA).persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Numbers rows as the sample does: micro-batches before the last of each part are full. */
  private static Iterator<Tuple2<Long, Row>> rows(MicroBatch batch, String input, int together) {
    TensorValue values = batch.tensor(input);
    Shape shape = values.shape();
    float[] elements = values.toFloats();
    float[] labels = batch.tensor(LABEL).toFloats();
    int length = elements.length / labels.length;
    List<Tuple2<Long, Row>> rows = new ArrayList<>();
    for (int row = 0; row < shape.dim(0); row++) {
      double[] features = new double[length];
      for (int i = 0; i < length; i++) {
        features[i] = elements[row * length + i];
      }
      rows.add(
          new Tuple2<>(
              (long) batch.index() * together + row,
              RowFactory.create((double) labels[row], Vectors.dense(features))));
    }
    return rows.iterator();
  }

  private void requireClasses(int classes) {
    List<Row> odd =
        training
            .union(test)
            .select("label")
            .where("label <> floor(label) or label < 0 or label >= " + classes)
            .orderBy(functions.desc("label"))
            .limit(1)
            .collectAsList();
    if (!odd.isEmpty()) {
      throw new InputException(
          "Cannot train a proxy: a label is no class of the model (expected whole numbers from 0 to %d, found %s)"
              .formatted(classes - 1, odd.get(0).getDouble(0)));
    }
  }

  /** Returns a perceptron after some iterations of L-BFGS. */
  Perceptron train(Perceptron start, int iterations) {
    DenseVector weights =
        (DenseVector)
            new MultilayerPerceptronClassifier()
                .setLayers(start.units().stream().mapToInt(Integer::intValue).toArray())
                .setInitialWeights(Vectors.dense(start.vector()))
                .setMaxIter(iterations)
                .setTol(0)
                .fit(training)
                .weights();
    return Perceptron.of(start.units(), weights.toArray());
  }

  /** Returns the share of check rows that a perceptron classifies rightly. */
  double accuracy(Perceptron perceptron) {
    List<Integer> units = perceptron.units();
    double[] vector = perceptron.vector();
    long right =
        test.toJavaRDD()
            .mapPartitions(
                rows -> {
                  Perceptron own = Perceptron.of(units, vector);
                  List<Boolean> found = new ArrayList<>();
                  rows.forEachRemaining(
                      row ->
                          found.add(
                              own.predict(row.<DenseVector>getAs(1).values())
                                  == (int) row.getDouble(0)));
                  return found.iterator();
                })
            .filter(found -> found)
            .count();
    return (double) right / testRows;
  }

  @Override
  public void close() {
    training.unpersist();
    test.unpersist();
  }
}
