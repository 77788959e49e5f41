package dev.kindling.spark;

import dev.kindling.calibrate.FusedBlocks;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Resample;
import dev.kindling.calibrate.Statistic;
import dev.kindling.forward.Measure;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/** Params of {@link LsuvInitializer}, named like the keys of a configuration's section lsuv. */
abstract class LsuvParams extends Estimator<LsuvModel> {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> model;
  private final Param<String> recipe;
  private final LongParam seed;
  private final Param<String> featuresCol;
  private final StringArrayParam inputCols;
  private final StringArrayParam graphInputs;
  private final StringArrayParam shapes;
  private final StringArrayParam layers;
  private final IntParam batch;
  private final IntParam microBatch;
  private final IntParam check;
  private final DoubleParam targetVariance;
  private final DoubleParam targetMean;
  private final Param<String> measure;
  private final Param<String> statistic;
  private final Param<String> blocks;
  private final IntParam maxPasses;
  private final DoubleParam tolerance;
  private final DoubleParam maxCorrection;
  private final Param<String> workDir;

  /** The uid comes first: every Param asks for it. */
  LsuvParams(String uid) {
    this.uid = uid;
    model = text("model", "path of the model: ONNX or layer YAML, on any Hadoop file system");
    recipe =
        text(
            "recipe",
            "path of the recipe to start from, as kindling plan --json writes it; unset: orthonormal weights and zero biases on calibrated layers, the recommendation elsewhere");
    seed =
        new LongParam(
            this,
            "seed",
            "seed of all weights and of the sample; that of the recipe, if there is one");
    featuresCol =
        text("featuresCol", "column of arrays, vectors or bytes that fills the only graph input");
    inputCols = texts("inputCols", "columns for several graph inputs, in the order of graphInputs");
    graphInputs = texts("graphInputs", "names of the graph inputs that inputCols fill");
    shapes =
        texts(
            "shapes",
            "shape of one sample for each input, such as 1,8,8; unset: as the graph declares it");
    layers =
        texts(
            "layers", "globs on names of layers or weights: those that are calibrated; unset: all");
    batch = count("batch", "rows of a sample", 1);
    microBatch = count("microBatch", "rows that go through a layer together", 1);
    check =
        count("check", "fresh rows that check the result, 0 for none; unset: as many as batch", 0);
    targetVariance =
        new DoubleParam(
            this, "targetVariance", "variance that every layer gets", ParamValidators.gt(0));
    targetMean =
        new DoubleParam(
            this, "targetMean", "mean that outputs get through their bias; unset: biases stay");
    measure = choice("measure", "what of a layer gets the variance", Measure.class);
    statistic = choice("statistic", "a scale per layer or per output channel", Statistic.class);
    blocks =
        choice("blocks", "whether queries, keys and values get a scale each", FusedBlocks.class);
    maxPasses =
        count(
            "maxPasses", "samples that a scale is held against at most, 1 for the first alone", 1);
    tolerance =
        new DoubleParam(
            this,
            "tolerance",
            "how far a further sample's variance may be from the target",
            ParamValidators.gt(0));
    maxCorrection =
        new DoubleParam(
            this,
            "maxCorrection",
            "largest scale, and the inverse of the smallest; layers that need more are left alone",
            ParamValidators.gt(1));
    workDir =
        text(
            "workDir",
            "folder that all executors reach, for what they share while fit runs; unset: this machine's folder for temporary files, on a local master alone");
    setDefaults();
  }

  private void setDefaults() {
    setDefault(seed, 0L);
    setDefault(featuresCol, "features");
    setDefault(batch, LsuvSettings.DEFAULT_BATCH);
    setDefault(microBatch, LsuvSettings.DEFAULT_MICRO_BATCH);
    setDefault(targetVariance, 1.0);
    setDefault(measure, label(Measure.OUTPUT));
    setDefault(statistic, label(Statistic.LAYER));
    setDefault(blocks, label(FusedBlocks.TOGETHER));
    setDefault(maxPasses, 1);
    setDefault(tolerance, Resample.PUBLISHED.tolerance());
    setDefault(maxCorrection, LsuvSettings.DEFAULT_MAX_CORRECTION);
  }

  private Param<String> text(String name, String doc) {
    return new Param<>(this, name, doc);
  }

  private StringArrayParam texts(String name, String doc) {
    return new StringArrayParam(this, name, doc);
  }

  private IntParam count(String name, String doc, int least) {
    return new IntParam(this, name, doc, ParamValidators.gtEq(least));
  }

  private <E extends Enum<E>> Param<String> choice(String name, String doc, Class<E> type) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(LsuvParams::label).toList();
    Function1<String, Object> known = ParamValidators.inArray(words);
    return new Param<>(this, name, doc + ": " + String.join(" or ", words), known);
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private <E extends Enum<E>> E chosen(Param<String> param, Class<E> type) {
    return Enum.valueOf(type, getOrDefault(param).toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Returns how calibration runs. */
  LsuvSettings settings() {
    int passes = (int) getOrDefault(maxPasses);
    return new LsuvSettings(
        (int) getOrDefault(batch),
        (int) getOrDefault(microBatch),
        (double) getOrDefault(targetVariance),
        valueOf(targetMean).map(Double.class::cast),
        chosen(measure, Measure.class),
        chosen(statistic, Statistic.class),
        chosen(blocks, FusedBlocks.class),
        passes == 1
            ? Optional.empty()
            : Optional.of(new Resample((double) getOrDefault(tolerance), passes)),
        valueOf(check).map(Integer.class::cast),
        (double) getOrDefault(maxCorrection));
  }

  /** Returns the value of a Param that has no default, if it is set. */
  <T> Optional<T> valueOf(Param<T> param) {
    return isDefined(param) ? Optional.of(getOrDefault(param)) : Optional.empty();
  }

  @Override
  public String uid() {
    return uid;
  }

  public Param<String> model() {
    return model;
  }

  public Param<String> recipe() {
    return recipe;
  }

  public LongParam seed() {
    return seed;
  }

  public Param<String> featuresCol() {
    return featuresCol;
  }

  public StringArrayParam inputCols() {
    return inputCols;
  }

  public StringArrayParam graphInputs() {
    return graphInputs;
  }

  public StringArrayParam shapes() {
    return shapes;
  }

  public StringArrayParam layers() {
    return layers;
  }

  public IntParam batch() {
    return batch;
  }

  public IntParam microBatch() {
    return microBatch;
  }

  public IntParam check() {
    return check;
  }

  public DoubleParam targetVariance() {
    return targetVariance;
  }

  public DoubleParam targetMean() {
    return targetMean;
  }

  public Param<String> measure() {
    return measure;
  }

  public Param<String> statistic() {
    return statistic;
  }

  public Param<String> blocks() {
    return blocks;
  }

  public IntParam maxPasses() {
    return maxPasses;
  }

  public DoubleParam tolerance() {
    return tolerance;
  }

  public DoubleParam maxCorrection() {
    return maxCorrection;
  }

  public Param<String> workDir() {
    return workDir;
  }
}
