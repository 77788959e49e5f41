package dev.kindling.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.base.JsonCursor;
import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.FreshVariance;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointJob;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.ExistingOutput;
import dev.kindling.checkpoint.OutputInspector;
import dev.kindling.checkpoint.OutputState;
import dev.kindling.checkpoint.ShardResult;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A calibrated model as {@link LsuvInitializer} leaves it: the recipe of all of its weights, which
 * are drawn where they are needed. Rows pass through {@code transform} as they are.
 */
public final class LsuvModel extends Model<LsuvModel> implements MLWritable {
  private static final long serialVersionUID = 1L;
  private static final String FILE = "lsuv.json";
  private static final StructType SUMMARY =
      new StructType()
          .add("layer", DataTypes.StringType, false)
          .add("tensor", DataTypes.StringType, false)
          .add("varianceBefore", DataTypes.DoubleType)
          .add("varianceAfter", DataTypes.DoubleType)
          .add("scale", DataTypes.DoubleType, false)
          .add("freshVariance", DataTypes.DoubleType)
          .add("freshLow", DataTypes.DoubleType)
          .add("freshHigh", DataTypes.DoubleType)
          .add("leftAlone", DataTypes.StringType, false)
          .add("note", DataTypes.StringType, false);

  private final String uid;
  private final String content;

  /** Holds text: Spark ML's models are serialised by whatever the session uses. */
  private LsuvModel(String uid, String content) {
    this.uid = uid;
    this.content = content;
  }

  LsuvModel(String uid, Recipe recipe, Calibration calibration, String runId) {
    this(uid, content(recipe, calibration, runId));
  }

  private static String content(Recipe recipe, Calibration calibration, String runId) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.put("run-id", runId);
    node.set("calibration", tree(CalibrationJson.toJson(calibration)));
    node.set("recipe", RecipeJson.toNode(recipe));
    return JsonCursor.write(node);
  }

  private static com.fasterxml.jackson.databind.JsonNode tree(String json) {
    try {
      return JsonCursor.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns what {@code save} has written; Pipelines find this method by its name. */
  public static MLReader<LsuvModel> read() {
    return new Reader();
  }

  public static LsuvModel load(String path) {
    return read().load(path);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Returns the recipe of all weights, with the scales that were found. */
  public Recipe recipe() {
    return RecipeJson.parse(JsonCursor.write(cursor().field("recipe").node()), FILE);
  }

  /** Returns the same as text, which {@code kindling materialise} takes. */
  public String recipeJson() {
    return RecipeJson.toJson(recipe());
  }

  /** Returns how it was calibrated, and what that did to each layer. */
  public Calibration calibration() {
    return CalibrationJson.parse(JsonCursor.write(cursor().field("calibration").node()), FILE);
  }

  private String runId() {
    return cursor().field("run-id").text();
  }

  private JsonCursor cursor() {
    return JsonCursor.parse(content, FILE);
  }

  /** Returns a row per layer, in the order of the graph; numbers that do not exist are null. */
  public Dataset<Row> summary() {
    List<Row> rows = calibration().layers().stream().map(LsuvModel::row).toList();
    return SparkSession.active().createDataFrame(rows, SUMMARY);
  }

  private static Row row(LayerResult layer) {
    Optional<FreshVariance> fresh = layer.fresh();
    return RowFactory.create(
        layer.layer(),
        layer.tensor(),
        finite(layer.varianceBefore()),
        finite(layer.varianceAfter()),
        layer.scale(),
        fresh.map(FreshVariance::variance).orElse(null),
        fresh.map(FreshVariance::low).orElse(null),
        fresh.map(FreshVariance::high).orElse(null),
        layer.leftAlone(),
        layer.note());
  }

  private static Double finite(double number) {
    return Double.isFinite(number) ? number : null;
  }

  /**
   * Writes all weights as a checkpoint of float32 values: Parquet shards and a manifest. What is
   * there already is kept, so that a second call after a failure goes on.
   *
   * @throws ConfigurationException if another checkpoint is in the way
   */
  public void writeCheckpoint(String folder) {
    SparkContext spark = SparkSession.active().sparkContext();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    CheckpointFiles files = files(folder, context);
    CheckpointLayout layout =
        CheckpointLayout.of(ElementType.F32, CheckpointLayout.DEFAULT_SHARD_BYTES);
    Recipe recipe = recipe();
    OutputState before = OutputInspector.inspect(files, runId(), layout, ExistingOutput.REFUSE);
    if (before instanceof OutputState.Complete) {
      return;
    }
    CheckpointJob job =
        CheckpointJob.plan(files, recipe, RecipeJson.toJson(recipe), runId(), layout);
    job.prepare();
    List<ShardResult> shards =
        SparkFailures.explained(
            () ->
                new SparkShardWriter(context, KernelsMode.AUTO, line -> {})
                    .write(job, job.shards(), files, layout, recipe.seed()));
    job.finish(
        shards,
        Optional.of(CalibrationJson.toJson(calibration())),
        before,
        ExistingOutput.REFUSE,
        spark.applicationId());
    job.clean(Set.of());
  }

  private static CheckpointFiles files(String folder, JavaSparkContext context) {
    Path path = new Path(folder);
    try {
      return CheckpointFiles.of(path.getFileSystem(context.hadoopConfiguration()), path);
    } catch (IOException e) {
      throw new ConfigurationException("Cannot reach '%s': %s".formatted(folder, e.getMessage()));
    }
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return dataset.toDF();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return schema;
  }

  @Override
  public LsuvModel copy(ParamMap extra) {
    return copyValues(new LsuvModel(uid, content), extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new Writer();
  }

  /** Writes Spark ML's metadata and one file of our own. */
  private final class Writer extends MLWriter {
    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter.saveMetadata(LsuvModel.this, path, sparkSession());
      Path file = new Path(path, FILE);
      try (OutputStream out = file.getFileSystem(sc().hadoopConfiguration()).create(file, false)) {
        out.write(content.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new ConfigurationException("Cannot write '%s': %s".formatted(file, e.getMessage()));
      }
    }
  }

  /** Reads what the writer wrote. */
  private static final class Reader extends MLReader<LsuvModel> {
    @Override
    public LsuvModel load(String path) {
      String uid =
          DefaultParamsReader.loadMetadata(path, sparkSession(), LsuvModel.class.getName()).uid();
      Path file = new Path(path, FILE);
      try (InputStream in = file.getFileSystem(sc().hadoopConfiguration()).open(file)) {
        return new LsuvModel(uid, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new InputException("Cannot read '%s': %s".formatted(file, e.getMessage()), e);
      }
    }
  }
}
