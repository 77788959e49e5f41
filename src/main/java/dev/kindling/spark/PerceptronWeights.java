package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.checkpoint.TensorSource;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A multilayer perceptron as MLlib's {@code MultilayerPerceptronClassifier} takes it: {@code
 * layers} and {@code initialWeights}.
 *
 * <p><b>Shape.</b> Of each layer the weights, column by column of {@code [out, in]}, then the
 * biases. Source: Spark, org.apache.spark.ml.ann, AffineLayerModel.
 *
 * @param layers how many inputs, hidden units and outputs, in order
 * @param weights all weights and biases in one vector
 */
public record PerceptronWeights(List<Integer> layers, Vector weights) {
  public PerceptronWeights {
    layers = List.copyOf(layers);
  }

  /**
   * Returns the perceptron that a checkpoint is. All of it is held in memory, as MLlib itself does.
   *
   * @throws InputException if it is none: its tensors are not a weight of two axes and its bias in
   *     turns, each with the outputs of the one before as inputs, or are too many for one vector
   * @throws dev.kindling.base.VerificationException if the checkpoint is damaged
   */
  public static PerceptronWeights of(Checkpoint checkpoint) {
    List<String> tensors = checkpoint.tensors().stream().map(ManifestTensor::name).toList();
    if (tensors.isEmpty() || tensors.size() % 2 != 0) {
      throw refuse("its tensors are not a weight and a bias in turns");
    }
    return of(checkpoint.recipe(), tensors, (name, sink) -> read(checkpoint, name, sink));
  }

  /**
   * Returns the perceptron that a recipe makes.
   *
   * @param layers its layers, each with a bias
   * @param values generates its tensors
   * @throws InputException if shapes do not fit, or are too many for one vector
   */
  static PerceptronWeights of(Recipe recipe, List<Layer> layers, TensorValues values) {
    List<String> tensors = new ArrayList<>();
    for (Layer layer : layers) {
      tensors.add(layer.weight());
      tensors.add(layer.bias().orElseThrow());
    }
    return of(recipe, tensors, (name, sink) -> generate(recipe.entry(name), values, sink));
  }

  private static PerceptronWeights of(Recipe recipe, List<String> tensors, Reader reader) {
    List<Affine> affines = affines(recipe, tensors);
    List<Integer> layers = new ArrayList<>();
    layers.add(affines.get(0).inputs());
    long count = 0;
    for (Affine affine : affines) {
      layers.add(affine.outputs());
      count += (affine.inputs() + 1L) * affine.outputs();
    }
    if (count > Integer.MAX_VALUE - 8) {
      throw refuse("it has too many weights for one vector (found %d)".formatted(count));
    }
    double[] weights = new double[(int) count];
    int offset = 0;
    for (Affine affine : affines) {
      affine.read(reader, weights, offset);
      offset += (affine.inputs() + 1) * affine.outputs();
    }
    return new PerceptronWeights(layers, new DenseVector(weights));
  }

  private static void read(Checkpoint checkpoint, String tensor, Sink sink) {
    ElementType dtype = checkpoint.dtype();
    try {
      checkpoint.read(
          tensor,
          (start, values) -> {
            long index = start;
            for (int at = values.position(); at < values.limit(); at += dtype.bytes()) {
              sink.take(index, TensorSource.number(dtype, values, at));
              index++;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void generate(RecipeEntry entry, TensorValues values, Sink sink) {
    float[] numbers = new float[Math.toIntExact(entry.shape().elementCount())];
    values.fill(entry, 0, numbers, 0, numbers.length);
    for (int i = 0; i < numbers.length; i++) {
      sink.take(i, numbers[i]);
    }
  }

  /** Writes Parquet of one row, {@code layers} and {@code weights}. */
  void write(SparkSession session, String folder) {
    StructType columns =
        new StructType()
            .add("layers", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
            .add("weights", SQLDataTypes.VectorType(), false);
    List<Row> row = List.of(RowFactory.create(layers.toArray(), weights));
    session.createDataFrame(row, columns).coalesce(1).write().mode("overwrite").parquet(folder);
  }

  private static List<Affine> affines(Recipe recipe, List<String> tensors) {
    List<Affine> affines = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i += 2) {
      Affine affine = affine(recipe.entry(tensors.get(i)), recipe.entry(tensors.get(i + 1)));
      if (i > 0 && affines.get(affines.size() - 1).outputs() != affine.inputs()) {
        throw refuse(
            "'%s' does not take what the layer before it gives (expected %d inputs, found %d)"
                .formatted(
                    affine.weight(), affines.get(affines.size() - 1).outputs(), affine.inputs()));
      }
      affines.add(affine);
    }
    return affines;
  }

  private static Affine affine(RecipeEntry weight, RecipeEntry bias) {
    boolean isMatrix = weight.shape().rank() == 2;
    int outputs = weight.layout() == Layout.OUT_IN ? 0 : 1;
    if (!isMatrix
        || bias.shape().rank() != 1
        || bias.shape().dim(0) != weight.shape().dim(outputs)) {
      throw refuse(
          "'%s' of shape %s and '%s' of shape %s are no weight and its bias"
              .formatted(weight.tensor(), weight.shape(), bias.tensor(), bias.shape()));
    }
    return new Affine(
        weight.tensor(),
        bias.tensor(),
        weight.layout(),
        Math.toIntExact(weight.shape().dim(1 - outputs)),
        Math.toIntExact(weight.shape().dim(outputs)));
  }

  private static InputException refuse(String reason) {
    return new InputException(
        "Cannot export a checkpoint for MLlib: it is no multilayer perceptron, since " + reason);
  }

  /** Where tensors are read from. */
  private interface Reader {
    void read(String tensor, Sink sink);
  }

  /** Where their elements go. */
  private interface Sink {
    void take(long index, double value);
  }

  /** A layer. */
  private record Affine(String weight, String bias, Layout layout, int inputs, int outputs) {
    void read(Reader reader, double[] target, int offset) {
      reader.read(weight, (index, value) -> target[offset + place(index)] = value);
      int end = offset + inputs * outputs;
      reader.read(bias, (index, value) -> target[end + (int) index] = value);
    }

    /** Columns of {@code [out, in]} are rows of {@code [in, out]}. */
    private int place(long index) {
      return layout == Layout.IN_OUT
          ? (int) index
          : (int) (index % inputs) * outputs + (int) (index / inputs);
    }
  }
}
