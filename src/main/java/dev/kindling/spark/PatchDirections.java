package dev.kindling.spark;

import dev.kindling.datastart.Method;
import dev.kindling.datastart.Rows;
import dev.kindling.datastart.Whitening;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.clustering.KMeansModel;
import org.apache.spark.ml.feature.PCA;
import org.apache.spark.ml.feature.PCAModel;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Finds directions among patches with MLlib. Its sums depend on how rows are partitioned, so all
 * patches of a layer are one partition, in one order; the forward passes that gave them are spread.
 */
final class PatchDirections {
  private static final String COLUMN = "patch";
  private static final StructType SCHEMA =
      new StructType().add(COLUMN, SQLDataTypes.VectorType(), false);
  private static final int ITERATIONS = 20;

  private final SparkSession spark;
  private final Method method;
  private final long seed;

  PatchDirections(SparkSession spark, Method method, long seed) {
    this.spark = spark;
    this.method = method;
    this.seed = seed;
  }

  /**
   * Returns the rows of a weight.
   *
   * @param patches one partition, at least as many as {@code outputs}
   */
  List<double[]> rows(JavaRDD<double[]> patches, int outputs) {
    Whitening whitening = whitening(table(patches));
    List<double[]> centroids =
        method == Method.KMEANS && outputs > 1
            ? centroids(table(patches.map(whitening::whiten)), outputs)
            : List.of();
    return new Rows(method, whitening).make(outputs, centroids, patches.take(outputs));
  }

  private Dataset<Row> table(JavaRDD<double[]> vectors) {
    return spark.createDataFrame(
        vectors.map(values -> RowFactory.create(Vectors.dense(values))), SCHEMA);
  }

  private static Whitening whitening(Dataset<Row> patches) {
    Row summary =
        patches
            .select(
                Summarizer.metrics("mean", "variance", "count")
                    .summary(patches.col(COLUMN))
                    .as("found"))
            .select("found.mean", "found.variance", "found.count")
            .first();
    double[] mean = summary.<Vector>getAs(0).toArray();
    double total = Arrays.stream(summary.<Vector>getAs(1).toArray()).sum();
    PCAModel model = new PCA().setInputCol(COLUMN).setK(mean.length).fit(patches);
    DenseMatrix columns = model.pc();
    List<double[]> directions = new ArrayList<>();
    for (int k = 0; k < mean.length; k++) {
      int column = k;
      directions.add(
          IntStream.range(0, mean.length).mapToDouble(i -> columns.apply(i, column)).toArray());
    }
    double scatter = total * (summary.getLong(2) - 1);
    double[] scatters =
        Arrays.stream(model.explainedVariance().toArray()).map(share -> share * scatter).toArray();
    return Whitening.of(mean, directions, scatters);
  }

  /** Those with the most patches first. */
  private List<double[]> centroids(Dataset<Row> white, int outputs) {
    KMeansModel model =
        new KMeans()
            .setFeaturesCol(COLUMN)
            .setK(outputs)
            .setSeed(seed)
            .setMaxIter(ITERATIONS)
            .fit(white);
    long[] sizes = model.summary().clusterSizes();
    Vector[] centers = model.clusterCenters();
    return IntStream.range(0, centers.length)
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> -sizes[i]))
        .map(i -> centers[i].toArray())
        .toList();
  }
}
