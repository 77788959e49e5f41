package dev.kindling.spark;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.RunJournal;
import dev.kindling.checkpoint.ScratchFolder;
import dev.kindling.forward.StagePlan;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.recipe.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Layer-sequential unit-variance initialisation (LSUV) of an ONNX model over a dataset, as an
 * Estimator of Spark ML: {@code fit} scales the weights of each layer and returns the recipe of the
 * whole model. Rows become samples as in the command {@code kindling lsuv}, whose result it equals;
 * scaling and normalising numbers is left to the stages of a Pipeline before it.
 */
public final class LsuvInitializer extends LsuvParams implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LsuvInitializer.class);

  /** What messages call the rows. */
  private static final String DATASET = "the dataset";

  public LsuvInitializer() {
    this(Identifiable$.MODULE$.randomUID("lsuv"));
  }

  public LsuvInitializer(String uid) {
    super(uid);
  }

  /** Returns what {@code save} has written; Pipelines find this method by its name. */
  public static MLReader<LsuvInitializer> read() {
    return new DefaultParamsReader<>();
  }

  public static LsuvInitializer load(String path) {
    return read().load(path);
  }

  /**
   * Calibrates.
   *
   * @throws InputException if model and rows do not fit, or there are too few rows
   * @throws ConfigurationException if a Param is missing
   */
  @Override
  public LsuvModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    SparkSession spark = dataset.sparkSession();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    requireSerialisable(context);
    Configuration hadoop = context.hadoopConfiguration();
    Model network = HadoopModels.readAbsolute(required(model().name(), valueOf(model())), hadoop);
    LsuvSettings settings = settings();
    List<Layer> calibrated = chosen(network);
    Recipe base = base(network, calibrated, hadoop);
    DataSource source = source(network, base);
    LsuvJob job =
        new LsuvJob(
            base,
            StagePlan.of(network, base, calibrated, source.shapes(), settings.measure()),
            settings);
    job.stages().remarks().forEach(LOG::info);
    try (ScratchFolder scratch = scratch(context)) {
      return SparkFailures.explained(() -> fit(dataset.toDF(), job, source, context, scratch));
    }
  }

  private LsuvModel fit(
      Dataset<Row> rows,
      LsuvJob job,
      DataSource source,
      JavaSparkContext context,
      ScratchFolder scratch) {
    ForwardProbe.require(context);
    Sample sample =
        new Sampler(rows, source, job.recipe().seed())
            .draw(job.stages().dataTypes(), job.settings());
    SparkStageRunner runner =
        new SparkStageRunner(
            context, sample.microBatches(), scratch.path(), KernelsMode.AUTO, LOG::info);
    Optional<RunJournal> journal = journal(job, sample, context);
    LsuvJob.Calibrated found =
        job.calibrate(
            sample, runner, journal.<Journal>map(it -> it).orElse(Journal.NONE), Progress.SILENT);
    journal.ifPresent(RunJournal::remove);
    return new LsuvModel(uid(), found.recipe(), found.calibration(), job.runId(sample))
        .setParent(this);
  }

  /** Where the user has named a folder, a fit that is killed leaves there what it has found. */
  private Optional<RunJournal> journal(LsuvJob job, Sample sample, JavaSparkContext context) {
    return valueOf(workDir())
        .map(
            folder ->
                RunJournal.shared(
                    workFiles(folder, context.hadoopConfiguration()),
                    job.runId(sample),
                    job.header(sample),
                    context.sc().applicationId()));
  }

  /** Our records have final fields, which Kryo alone cannot set. */
  private static void requireSerialisable(JavaSparkContext context) {
    String registrator = KindlingKryoRegistrator.class.getName();
    boolean kryo = context.getConf().get("spark.serializer", "").endsWith("KryoSerializer");
    boolean known = context.getConf().get("spark.kryo.registrator", "").contains(registrator);
    if (kryo && !known) {
      throw new ConfigurationException(
          "Cannot calibrate with spark.serializer=KryoSerializer alone: add %s to spark.kryo.registrator"
              .formatted(registrator));
    }
  }

  private List<Layer> chosen(Model network) {
    List<Layer> all =
        network
            .graph()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Cannot calibrate model '%s': shapes alone cannot be run"
                            .formatted(network.name())))
            .layers();
    List<String> globs = Arrays.asList(valueOf(layers()).orElse(new String[] {"*"}));
    for (String glob : globs) {
      if (all.stream().noneMatch(layer -> matches(glob, layer))) {
        throw new ConfigurationException(
            "Cannot calibrate model '%s': layers '%s' chooses none (expected one of %s)"
                .formatted(network.name(), glob, all.stream().map(Layer::name).toList()));
      }
    }
    return all.stream()
        .filter(layer -> globs.stream().anyMatch(glob -> matches(glob, layer)))
        .toList();
  }

  private static boolean matches(String glob, Layer layer) {
    return Rule.matches(glob, layer.name()) || Rule.matches(glob, layer.weight());
  }

  private Recipe base(Model network, List<Layer> calibrated, Configuration hadoop) {
    Optional<String> path = valueOf(recipe());
    if (path.isPresent()) {
      return RecipeJson.parse(text(path.get(), hadoop), path.get());
    }
    InitSettings settings =
        new InitSettings((long) getOrDefault(seed()), List.of(), Optional.empty());
    return Planner.plan(
            network, settings, calibrated.stream().map(Layer::weight).collect(Collectors.toSet()))
        .recipe();
  }

  private static String text(String path, Configuration hadoop) {
    Path file = new Path(path);
    try (InputStream stream = file.getFileSystem(hadoop).open(file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InputException("Cannot read recipe '%s': %s".formatted(path, e.getMessage()), e);
    }
  }

  private DataSource source(Model network, Recipe base) {
    List<String> columns = columns();
    List<String> names = StagePlan.dataInputs(network, base);
    List<String> inputs = valueOf(graphInputs()).map(Arrays::asList).orElse(names);
    if (inputs.size() != columns.size()) {
      throw new ConfigurationException(
          "Cannot calibrate model '%s': as many columns as graph inputs are needed, set inputCols and graphInputs (expected columns for %s, found %s)"
              .formatted(network.name(), inputs, columns));
    }
    Map<String, Shape> declared = StagePlan.sampleShapes(network, base);
    List<DataInput> data = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      data.add(
          new DataInput(
              inputs.get(i),
              List.of(columns.get(i)),
              shape(i, inputs, declared),
              1,
              List.of(),
              List.of(),
              List.of(),
              ""));
    }
    return new DataSource("dataset", DATASET, data, Map.of());
  }

  private List<String> columns() {
    return valueOf(inputCols())
        .map(Arrays::asList)
        .orElseGet(() -> List.of(getOrDefault(featuresCol())));
  }

  private Shape shape(int index, List<String> inputs, Map<String, Shape> declared) {
    Optional<String[]> stated = valueOf(shapes());
    if (stated.isEmpty()) {
      return required("shapes", Optional.ofNullable(declared.get(inputs.get(index))));
    }
    if (stated.get().length != inputs.size()) {
      throw new ConfigurationException(
          "Cannot calibrate: shapes has a wrong length (expected one for each of %s, found %s)"
              .formatted(inputs, Arrays.toString(stated.get())));
    }
    try {
      return new Shape(
          Arrays.stream(stated.get()[index].split(",", -1))
              .map(dim -> Long.valueOf(dim.strip()))
              .toList());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "Cannot calibrate: '%s' in shapes is no shape (expected numbers such as 1,8,8)"
              .formatted(stated.get()[index]));
    }
  }

  private static <T> T required(String param, Optional<T> value) {
    return value.orElseThrow(
        () -> new ConfigurationException("Cannot calibrate: Param %s is not set".formatted(param)));
  }

  private ScratchFolder scratch(JavaSparkContext context) {
    Configuration hadoop = context.hadoopConfiguration();
    Optional<String> folder = valueOf(workDir());
    if (folder.isEmpty() && !context.isLocal()) {
      throw new ConfigurationException(
          "Cannot calibrate on a cluster: set workDir to a folder that all executors reach");
    }
    if (folder.isEmpty()) {
      return ScratchFolder.temporary(hadoop);
    }
    return ScratchFolder.in(workFiles(folder.get(), hadoop), uid());
  }

  private static CheckpointFiles workFiles(String folder, Configuration hadoop) {
    Path path = new Path(folder);
    try {
      return CheckpointFiles.of(path.getFileSystem(hadoop), path);
    } catch (IOException e) {
      throw new ConfigurationException(
          "Cannot reach workDir '%s': %s".formatted(folder, e.getMessage()));
    }
  }

  /** Returns the schema as it is: the columns must be there and hold numbers. */
  @Override
  public StructType transformSchema(StructType schema) {
    for (String column : columns()) {
      if (!Arrays.asList(schema.fieldNames()).contains(column)) {
        throw new IllegalArgumentException(
            "Cannot calibrate: column '%s' does not exist (expected one of %s)"
                .formatted(column, Arrays.toString(schema.fieldNames())));
      }
      Datasets.requireNumbers(column, schema.apply(column).dataType());
    }
    return schema;
  }

  @Override
  public LsuvInitializer copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  public LsuvInitializer setModel(String path) {
    set(model(), path);
    return this;
  }

  public LsuvInitializer setRecipe(String path) {
    set(recipe(), path);
    return this;
  }

  public LsuvInitializer setSeed(long value) {
    set(seed(), value);
    return this;
  }

  public LsuvInitializer setFeaturesCol(String column) {
    set(featuresCol(), column);
    return this;
  }

  public LsuvInitializer setInputCols(String... columns) {
    set(inputCols(), columns);
    return this;
  }

  public LsuvInitializer setGraphInputs(String... names) {
    set(graphInputs(), names);
    return this;
  }

  public LsuvInitializer setShapes(String... values) {
    set(shapes(), values);
    return this;
  }

  public LsuvInitializer setLayers(String... globs) {
    set(layers(), globs);
    return this;
  }

  public LsuvInitializer setBatch(int rows) {
    set(batch(), rows);
    return this;
  }

  public LsuvInitializer setMicroBatch(int rows) {
    set(microBatch(), rows);
    return this;
  }

  public LsuvInitializer setCheck(int rows) {
    set(check(), rows);
    return this;
  }

  public LsuvInitializer setTargetVariance(double value) {
    set(targetVariance(), value);
    return this;
  }

  public LsuvInitializer setTargetMean(double value) {
    set(targetMean(), value);
    return this;
  }

  public LsuvInitializer setMeasure(String value) {
    set(measure(), value);
    return this;
  }

  public LsuvInitializer setStatistic(String value) {
    set(statistic(), value);
    return this;
  }

  public LsuvInitializer setBlocks(String value) {
    set(blocks(), value);
    return this;
  }

  public LsuvInitializer setMaxPasses(int samples) {
    set(maxPasses(), samples);
    return this;
  }

  public LsuvInitializer setTolerance(double value) {
    set(tolerance(), value);
    return this;
  }

  public LsuvInitializer setMaxCorrection(double value) {
    set(maxCorrection(), value);
    return this;
  }

  public LsuvInitializer setWorkDir(String folder) {
    set(workDir(), folder);
    return this;
  }
}
