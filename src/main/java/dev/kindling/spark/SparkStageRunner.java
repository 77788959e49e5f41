package dev.kindling.spark;

import dev.kindling.base.ConfigurationException;
import dev.kindling.calibrate.ChannelGroups;
import dev.kindling.calibrate.StageMoments;
import dev.kindling.calibrate.StageRunner;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Stage;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.CollectionAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Runs stages on executors. The frontier stays there, one record per micro-batch; the driver
 * receives their moments and merges them in the order of micro-batches.
 */
public final class SparkStageRunner implements StageRunner {
  /**
   * After so many stages the frontier is written down, or tasks would carry ever longer histories.
   */
  private static final int STAGES_PER_CHECKPOINT = 20;

  private static final Logger LOG = LoggerFactory.getLogger(SparkStageRunner.class);

  private final JavaSparkContext context;
  private final HadoopFiles files;
  private final Path checkpoints;
  private final SparkFactors factors;
  private final PieceFolder pieces;
  private final Processors processors = new Processors();
  private final Consumer<String> progress;
  private final Broadcast<StageTask.Setting> setting;
  private boolean hasFactors;
  private JavaRDD<StagePart> frontier;

  /** The outermost folder that writing a frontier creates, if that was done. */
  private Optional<Path> created = Optional.empty();

  /**
   * Starts with a sample.
   *
   * @param sample its micro-batches
   * @param runFolder folder of the run, where frontiers are written down now and then
   * @param kernels which kernels to draw with
   * @param progress receives a line every few seconds while factors are computed, and notes
   */
  public SparkStageRunner(
      JavaSparkContext context,
      JavaRDD<MicroBatch> sample,
      Path runFolder,
      KernelsMode kernels,
      Consumer<String> progress) {
    this.context = context;
    this.progress = progress;
    this.checkpoints = new Path(runFolder, context.sc().applicationId());
    this.files = new HadoopFiles(context.hadoopConfiguration());
    this.factors = new SparkFactors(context, kernels, progress);
    this.pieces =
        new PieceFolder(
            CheckpointFiles.pieces(runFolder).toString(), context.sc().applicationId(), files);
    this.setting =
        context.broadcast(new StageTask.Setting(UUID.randomUUID().toString(), kernels, pieces));
    this.frontier = sample.map(StagePart::start).persist(StorageLevel.MEMORY_AND_DISK());
  }

  @Override
  public List<StageMoments> run(
      Stage stage, Recipe recipe, PerChannel previousScale, ChannelGroups groups) {
    StageTask task = task(stage, recipe, previousScale, StageTask.Purpose.MEASURE, groups);
    context.setJobDescription("lsuv: layer " + stage.layer().name());
    return advance(task);
  }

  @Override
  public void replay(Stage stage, Recipe recipe, PerChannel previousScale) {
    StageTask task =
        task(stage, recipe, previousScale, StageTask.Purpose.REPLAY, ChannelGroups.TOGETHER);
    context.setJobDescription("lsuv: layer %s again".formatted(stage.layer().name()));
    advance(task);
  }

  @Override
  public List<StageMoments> tryOut(
      Stage stage, Recipe recipe, PerChannel scale, ChannelGroups groups) {
    context.setJobDescription("lsuv: behind layer " + stage.layer().name());
    Broadcast<StageTask> task =
        context.broadcast(task(stage, recipe, scale, StageTask.Purpose.TRY_OUT, groups));
    Broadcast<StageTask.Setting> shared = setting;
    List<StageMoments> moments =
        new ArrayList<>(
            SparkFailures.explained(
                () ->
                    frontier
                        .mapPartitions(parts -> task.value().tryOut(shared.value(), parts))
                        .collect()));
    moments.sort(Comparator.comparing(StageMoments::microBatch));
    return moments;
  }

  private StageTask task(
      Stage stage,
      Recipe recipe,
      PerChannel previousScale,
      StageTask.Purpose purpose,
      ChannelGroups groups) {
    makeFactors(recipe);
    Recipe read = entriesOf(stage, recipe);
    makeRows(read);
    return new StageTask(stage, read, previousScale, purpose, groups);
  }

  /** Makes those of all tensors at once: most are calibrated, and all are written at the end. */
  private void makeFactors(Recipe recipe) {
    if (!hasFactors) {
      SparkFailures.explained(
          () -> {
            factors.make(recipe.entries(), recipe.seed(), ElementType.F32, pieces);
            return true;
          });
      hasFactors = true;
    }
  }

  /** Those of a stage's weights alone: they take as much room as the weights. */
  private void makeRows(Recipe read) {
    SparkFailures.explained(
        () -> {
          factors.makeRows(read.entries(), read.seed(), ElementType.F32, pieces);
          return true;
        });
  }

  private List<StageMoments> advance(StageTask task) {
    Broadcast<StageTask> broadcast = context.broadcast(task);
    Broadcast<StageTask.Setting> shared = setting;
    CollectionAccumulator<String> seen = context.sc().collectionAccumulator();
    JavaRDD<StagePart> left =
        frontier
            .mapPartitions(parts -> broadcast.value().run(shared.value(), seen, parts))
            .persist(StorageLevel.MEMORY_AND_DISK());
    JavaRDD<StagePart> next =
        task.stage().slices().isEmpty()
            ? left
            : sliced(left, broadcast).persist(StorageLevel.MEMORY_AND_DISK());
    if ((task.stage().index() + 1) % STAGES_PER_CHECKPOINT == 0) {
      prepareCheckpoints();
      next.checkpoint();
    }
    List<StageMoments> moments = SparkFailures.explained(() -> MomentsJob.run(next));
    processors.note(seen.value()).ifPresent(progress);
    frontier.unpersist(false);
    frontier = next;
    if (next != left) {
      left.unpersist(false);
    }
    return moments;
  }

  /** One task per slice of the layer's weight streams all micro-batches. */
  private JavaRDD<StagePart> sliced(JavaRDD<StagePart> left, Broadcast<StageTask> broadcast) {
    StageTask task = broadcast.value();
    if (!task.needsSlices()) {
      return left.map(part -> broadcast.value().join(part, List.of()));
    }
    // Otherwise every slice would make its own.
    SparkFailures.explained(() -> MomentsJob.run(left));
    Broadcast<StageTask.Setting> shared = setting;
    int slices = task.stage().slices().orElseThrow().count();
    JavaPairRDD<Integer, SlicePart> parts =
        context
            .parallelize(IntStream.range(0, slices).boxed().toList(), slices)
            .cartesian(left.coalesce(1))
            .mapPartitionsToPair(pairs -> broadcast.value().runSlices(shared.value(), pairs));
    return left.mapToPair(part -> new Tuple2<>(part.next().index(), part))
        .join(parts.groupByKey(left.getNumPartitions()), left.getNumPartitions())
        .map(both -> broadcast.value().join(both._2()._1(), both._2()._2()));
  }

  @Override
  public void close() {
    frontier.unpersist(false);
    StageTask.SESSIONS.closeIdle();
    try {
      removeCheckpoints();
    } catch (IOException e) {
      // It goes with the folder of the run, at the latest with the next run of the same id.
      LOG.warn("Cannot remove {}: {}", checkpoints, e.getMessage());
    }
  }

  /** Done as late as this, since it creates the folder. */
  private void prepareCheckpoints() {
    if (context.getCheckpointDir().isPresent()) {
      return;
    }
    try {
      FileSystem fs = files.of(checkpoints);
      Path missing = checkpoints;
      while (missing.getParent() != null && !fs.exists(missing.getParent())) {
        missing = missing.getParent();
      }
      created = Optional.of(missing);
    } catch (IOException e) {
      throw new ConfigurationException(
          "Cannot write a checkpoint to '%s': %s".formatted(checkpoints, e.getMessage()));
    }
    context.setCheckpointDir(checkpoints.toString());
  }

  /** Leaves no empty folders behind where there were none: the run may end without a result. */
  private void removeCheckpoints() throws IOException {
    if (created.isEmpty()) {
      return;
    }
    FileSystem fs = files.of(checkpoints);
    fs.delete(checkpoints, true);
    Path folder = checkpoints;
    while (!folder.equals(created.get())) {
      folder = folder.getParent();
      if (fs.listStatus(folder).length > 0) {
        return;
      }
      fs.delete(folder, false);
    }
  }

  /** Returns the entries that a stage reads. */
  static Recipe entriesOf(Stage stage, Recipe recipe) {
    Set<String> read = stage.reads();
    List<RecipeEntry> entries =
        recipe.entries().stream().filter(entry -> isRead(entry, read)).toList();
    return new Recipe(recipe.formatVersion(), recipe.seed(), entries);
  }

  /** A stage may know a tensor by an alias. */
  private static boolean isRead(RecipeEntry entry, Set<String> read) {
    return read.contains(entry.tensor()) || entry.aliases().stream().anyMatch(read::contains);
  }
}
