package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.calibrate.StageRunner;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointJob;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestShard;
import dev.kindling.checkpoint.ScratchFolder;
import dev.kindling.checkpoint.ShardResult;
import dev.kindling.checkpoint.ShardSpec;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.checkpoint.VerifyMode;
import dev.kindling.checkpoint.export.Export;
import dev.kindling.checkpoint.export.ExportFolder;
import dev.kindling.checkpoint.export.ExportSource;
import dev.kindling.diagnose.Diagnosis;
import dev.kindling.kernel.KernelsChoice;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Shape;
import dev.kindling.model.SourceTensor;
import dev.kindling.preset.Labels;
import dev.kindling.preset.OutputBias;
import dev.kindling.recipe.ExternalFiles;
import dev.kindling.recipe.Recipe;
import dev.kindling.source.SourceDigests;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** A running Spark application and what commands do with it. Closing it ends the application. */
public final class Cluster implements AutoCloseable {
  private static final String REGISTRATOR = "spark.kryo.registrator";
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final SparkSession session;
  private final JavaSparkContext context;
  private final KernelsMode kernels;
  private final Consumer<String> progress;
  private final List<ScratchFolder> scratch = new ArrayList<>();
  private final Set<SourceTensor> read = new HashSet<>();

  private Cluster(SparkSession session, KernelsMode kernels, Consumer<String> progress) {
    this.session = session;
    this.kernels = kernels;
    this.progress = progress;
    this.context = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /** Returns Hadoop's configuration as Spark's settings have it; starts nothing. */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Returns what reads kept tensors in this JVM; starts nothing. */
  public static ExternalFiles externalFiles(Configuration hadoop) {
    return new HadoopFiles(hadoop);
  }

  /**
   * Starts an application as spark-submit has set it up; on this machine's cores if nobody has. Our
   * classes are made known to Kryo beside the user's own.
   *
   * @param name name of the application
   * @param kernels which kernels to draw with
   * @param progress receives a line now and then while long work goes on
   * @throws dev.kindling.base.ConfigurationException if these kernels cannot run here
   */
  public static Cluster open(String name, KernelsMode kernels, Consumer<String> progress) {
    KernelsChoice choice = KernelsLoader.load(kernels);
    choice.fallback().ifPresent(reason -> progress.accept("Note: no vector kernels: " + reason));
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.master", "local[*]");
    if (conf.get("spark.master").matches("local(\\[.*)?")) {
      // Otherwise a task without memory ends this JVM with Spark's exit code before we can say
      // ours.
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
    }
    List<String> registrators = new ArrayList<>();
    String own = KindlingKryoRegistrator.class.getName();
    for (String registrator : conf.get(REGISTRATOR, "").split(",", -1)) {
      if (!registrator.isBlank() && !registrator.trim().equals(own)) {
        registrators.add(registrator.trim());
      }
    }
    registrators.add(own);
    conf.set(REGISTRATOR, String.join(",", registrators));
    return new Cluster(
        SparkSession.builder().appName(name).config(conf).getOrCreate(), kernels, progress);
  }

  /** Returns the id of the application, unique on its cluster. */
  public String applicationId() {
    return context.sc().applicationId();
  }

  /**
   * Draws a sample, as {@link Sampler#draw} does.
   *
   * @param seed key of the hashes that choose its rows
   * @param types types of the graph inputs that the rows go to
   * @throws InputException if the dataset cannot be read, holds a bad row or has too few rows
   */
  public Sample sample(
      DataSource source, long seed, Map<String, ElementType> types, LsuvSettings settings) {
    return SparkFailures.explained(() -> new Sampler(session, source, seed).draw(types, settings));
  }

  /**
   * Returns if the driver and the executors at hand can run stages.
   *
   * @throws dev.kindling.base.ConfigurationException if one cannot
   */
  public void requireForward() {
    ForwardProbe.require(context);
  }

  /**
   * Returns a diagnosis per start, in the given order.
   *
   * @param sample small: every executor holds it
   * @param directions random directions per layer and micro-batch
   * @param scratch a folder that all executors reach
   */
  public List<Diagnosis> diagnose(
      Sample sample, List<Start> starts, int directions, Optional<Path> scratch) {
    return SparkFailures.explained(
        () ->
            new SparkDiagnostician(context, kernels, scratch, progress)
                .diagnose(sample.microBatches(), starts, directions));
  }

  /**
   * Returns what trains perceptrons on a dataset.
   *
   * @param layers of the perceptron
   * @param classes its number of outputs
   * @param seed chooses the rows that are held out
   * @throws InputException if a label is no class, or there are too few rows
   */
  public PerceptronTrainer perceptronTrainer(
      DataSource source, List<Layer> layers, int classes, long seed) {
    return SparkFailures.explained(
        () -> new PerceptronTrainer(session, source, layers, classes, seed));
  }

  /**
   * Returns a statistic of the label column of a dataset.
   *
   * @throws InputException if the dataset cannot be read or holds a label that is no number
   */
  public Labels labels(DataSource source, OutputBias.Of of) {
    return SparkFailures.explained(() -> new LabelReader(session, source).read(of));
  }

  /**
   * Returns what runs stages over a sample.
   *
   * @param runFolder folder of the run, where frontiers are written down now and then
   */
  public StageRunner stageRunner(Sample sample, Path runFolder) {
    return new SparkStageRunner(context, sample.microBatches(), runFolder, kernels, progress);
  }

  /**
   * Starts weights from data.
   *
   * @param runFolder folder of the run, where frontiers are written down now and then
   * @param told is told of each layer as it is done
   */
  public LsuvJob.Calibrated start(StartJob job, Sample sample, Path runFolder, Progress told) {
    sample.microBatches().persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return SparkFailures.explained(
          () -> job.run(sample, new StartJob.Place(session, runFolder, kernels, progress), told));
    } finally {
      sample.microBatches().unpersist(false);
    }
  }

  /**
   * Trains layers as restricted Boltzmann machines.
   *
   * @param runFolder folder of the run
   */
  public RbmJob.Trained train(RbmJob job, Sample sample, Path runFolder) {
    sample.microBatches().persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return SparkFailures.explained(
          () -> job.run(sample, new StartJob.Place(session, runFolder, kernels, progress)));
    } finally {
      sample.microBatches().unpersist(false);
    }
  }

  /**
   * Draws a sample whose micro-batches also hold the labels of their rows.
   *
   * @param source has a column of labels
   */
  public Sample labelledSample(
      DataSource source, long seed, Map<String, ElementType> types, LsuvSettings settings) {
    Map<String, ElementType> all = new HashMap<>(types);
    all.put(ProxyTrainer.LABEL, ElementType.F32);
    List<DataInput> inputs = new ArrayList<>(source.inputs());
    inputs.add(DataInput.only(List.of(source.label()), Shape.of(), 1).named(ProxyTrainer.LABEL));
    return sample(source.withInputs(inputs), seed, all, settings);
  }

  /**
   * Makes a large perceptron's start of a small one that is trained first.
   *
   * @param sample a labelled one
   * @param told is told of each seed as it is done
   */
  public ProxyJob.Outcome proxy(
      ProxyJob job, Sample sample, Path runFolder, Consumer<ProxyJob.Accuracies> told) {
    sample.microBatches().persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return SparkFailures.explained(
          () -> job.run(sample, new StartJob.Place(session, runFolder, kernels, progress), told));
    } finally {
      sample.microBatches().unpersist(false);
    }
  }

  /** Returns a recipe with the digests of all tensors of other checkpoints; reads those unknown. */
  public Recipe withDigests(Recipe recipe) {
    Recipe known = recipe.withDigests(this::digests);
    known.sources().stream()
        .filter(tensor -> !recipe.sources().contains(tensor))
        .forEach(read::add);
    return known;
  }

  /**
   * Reads the tensors of other checkpoints that a recipe takes values from, unless this application
   * has done so.
   *
   * @throws InputException if one cannot be read, or is not as it was when the recipe was made
   */
  public void requireSources(Recipe recipe) {
    List<SourceTensor> unread =
        recipe.sources().stream().filter(tensor -> !read.contains(tensor)).toList();
    SourceDigests.requireSame(digests(unread));
    read.addAll(unread);
  }

  private Map<SourceTensor, String> digests(List<SourceTensor> tensors) {
    return SparkFailures.explained(() -> new SparkSources(context, progress).digests(tensors));
  }

  /** Returns what the shards of a checkpoint hold once all of them stand. */
  public List<ShardResult> write(
      CheckpointJob job, CheckpointFiles files, CheckpointLayout layout, long seed) {
    return write(job, job.shards(), files, layout, seed);
  }

  /** The same for some of the shards. */
  public List<ShardResult> write(
      CheckpointJob job,
      List<ShardSpec> shards,
      CheckpointFiles files,
      CheckpointLayout layout,
      long seed) {
    return SparkFailures.explained(
        () ->
            new SparkShardWriter(context, kernels, progress)
                .write(job, shards, files, layout, seed));
  }

  /**
   * Creates a folder that all executors reach, for what they share while a command runs; it goes
   * when the application has ended.
   *
   * @param parent where the user wants it; if nowhere, there is one only if all of this runs on one
   *     machine
   * @throws dev.kindling.base.ConfigurationException if it cannot be created
   */
  public Optional<Path> scratch(Optional<CheckpointFiles> parent) {
    if (parent.isEmpty() && !context.isLocal()) {
      return Optional.empty();
    }
    ScratchFolder folder =
        parent.isPresent()
            ? ScratchFolder.in(parent.get(), applicationId())
            : ScratchFolder.temporary(context.hadoopConfiguration());
    scratch.add(folder);
    return Optional.of(folder.path());
  }

  /**
   * Returns a verdict per shard, in the given order.
   *
   * @param scratch a folder that all executors reach
   */
  public List<ShardVerdict> verify(
      CheckpointFiles files,
      Manifest manifest,
      List<ManifestShard> shards,
      VerifyMode mode,
      Optional<Path> scratch) {
    Recipe recipe = Checkpoint.of(files, manifest).recipe();
    return SparkFailures.explained(
        () ->
            new SparkVerifier(context, kernels, scratch, progress)
                .verify(files, manifest, shards, recipe, mode));
  }

  /** Writes an export of a checkpoint into a folder. */
  public void export(CheckpointFiles source, Export export, CheckpointFiles target) {
    ExportFolder folder = new ExportFolder(target);
    folder.begin();
    explained(
        () -> new SparkExporter(context, progress).write(source, export.files(), target.out()));
    ExternalFiles files = externalFiles(context.hadoopConfiguration());
    export.finish(
        new ExportSource(Checkpoint.open(source), files), target.fileSystem(), target.out());
    awaitTasks();
    folder.finish();
  }

  /**
   * Writes a checkpoint as MLlib's perceptron takes it: Parquet of one row, {@code layers} and
   * {@code weights}.
   *
   * @throws InputException if the checkpoint is no multilayer perceptron
   */
  public void exportPerceptron(CheckpointFiles source, CheckpointFiles target) {
    PerceptronWeights weights = PerceptronWeights.of(Checkpoint.open(source));
    explained(() -> weights.write(session, target.out().toString()));
  }

  private static void explained(Runnable job) {
    SparkFailures.explained(
        () -> {
          job.run();
          return true;
        });
  }

  /**
   * Ends what runs, and waits until no task can write any more: those of a job that failed, and
   * attempts that another one has outrun. An executor that does not answer is waited for only so
   * long; its end is the cluster manager's business.
   */
  public void awaitTasks() {
    if (context.sc().isStopped()) {
      return;
    }
    context.sc().cancelAllJobs();
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (isWorking() && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
    }
  }

  private boolean isWorking() {
    return Stream.of(context.sc().statusTracker().getExecutorInfos())
        .anyMatch(executor -> executor.numRunningTasks() > 0);
  }

  @Override
  public void close() {
    awaitTasks();
    context.stop();
    // Only now can no task be writing there.
    scratch.forEach(ScratchFolder::close);
    scratch.clear();
  }
}
