package dev.kindling.preset;

import dev.kindling.base.Require;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.Zeros;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The bias of the output layer starts where the labels are. With n rows, n_k of class k, K classes
 * and smoothing s, the bias of class k is {@code log((n_k + s) / (n + K s))}, or, where one output
 * tells two classes, {@code log((n_1 + s) / (n_0 + s))}; for a regression it is mean, median or
 * logarithm of the mean.
 *
 * <p>Source: folklore; Lin et al. 2017, https://arxiv.org/abs/1708.02002, section 4.1 for a
 * sigmoid's.
 *
 * @param of which statistic of the labels
 * @param smoothing rows that are added to each class
 * @param weights what becomes of the layer's weights
 * @param labels what the dataset has, absent until it is read
 */
public record OutputBias(Of of, double smoothing, Weights weights, Optional<Labels> labels)
    implements Preset {
  private static final int CLASSES_OF_A_SIGMOID = 2;

  /** A statistic of the labels. */
  public enum Of {
    PRIOR,
    MEAN,
    MEDIAN,
    LOG_MEAN;

    /** Returns its name in configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of the weights of the output layer. */
  public enum Weights {
    /** The first prediction is the bias. */
    ZERO,
    KEEP
  }

  public OutputBias {
    Require.notNegative(smoothing, "smoothing");
  }

  /** Returns this preset with what the dataset has. */
  public OutputBias on(Labels found) {
    return new OutputBias(of, smoothing, weights, Optional.of(found));
  }

  @Override
  public String name() {
    return "output_bias";
  }

  @Override
  public Outcome apply(Subject subject) {
    List<String> heads = subject.structure().heads();
    if (heads.size() != 1) {
      throw new IllegalArgumentException(
          "it is not clear which layer is the output (expected one, found %s)".formatted(heads));
    }
    Tensor bias =
        subject
            .biasOf(heads.get(0))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the output layer '%s' has no bias".formatted(heads.get(0))));
    Assignment assignment = new Assignment("preset " + name());
    if (labels.isPresent()) {
      List<Given.Part> parts =
          values(labels.get(), bias).stream()
              .map(value -> new Given.Part(Optional.of(new Constant(value)), 1))
              .toList();
      String why = "%s of %d labels".formatted(of.label(), labels.get().rows());
      assignment.give(bias.name(), parts, why);
    } else {
      assignment.give(bias.name(), new Zeros(), 1, "until the labels are read");
      assignment.note(
          "'%s' is shown as zeros; init and lsuv read the labels and set their %s"
              .formatted(bias.name(), of.label()));
    }
    if (weights == Weights.ZERO) {
      assignment.give(heads.get(0), new Zeros(), 1, "weights of the output layer");
    }
    return assignment.outcome();
  }

  private List<Double> values(Labels found, Tensor bias) {
    long outputs = bias.shape().elementCount();
    if (found instanceof Labels.Classes classes) {
      return outputs == 1 ? List.of(logOdds(classes)) : logPriors(classes, outputs);
    }
    if (outputs != 1) {
      throw new IllegalArgumentException(
          "%s is for one output, and '%s' has %d; use of: prior"
              .formatted(of.label(), bias.name(), outputs));
    }
    double centre = ((Labels.Centre) found).value();
    if (of != Of.LOG_MEAN) {
      return List.of(centre);
    }
    if (!(centre > 0)) {
      throw new IllegalArgumentException(
          "the labels' mean has no logarithm (expected above 0, found %s)".formatted(centre));
    }
    return List.of(StrictMath.log(centre));
  }

  private double logOdds(Labels.Classes classes) {
    List<Double> rows = rows(classes, CLASSES_OF_A_SIGMOID);
    return StrictMath.log(rows.get(1) / rows.get(0));
  }

  private List<Double> logPriors(Labels.Classes classes, long outputs) {
    double all = classes.rows() + smoothing * outputs;
    return rows(classes, outputs).stream().map(count -> StrictMath.log(count / all)).toList();
  }

  /** The rows of each class, smoothed. */
  private List<Double> rows(Labels.Classes classes, long outputs) {
    Map<Long, Long> counts = classes.counts();
    counts.keySet().stream()
        .filter(label -> label < 0 || label >= outputs)
        .findFirst()
        .ifPresent(
            label -> {
              throw new IllegalArgumentException(
                  "label %d is no class (expected 0 to %d)".formatted(label, outputs - 1));
            });
    List<Double> rows = new ArrayList<>();
    LongStream.range(0, outputs)
        .forEach(label -> rows.add(counts.getOrDefault(label, 0L) + smoothing));
    if (rows.contains(0.0)) {
      throw new IllegalArgumentException(
          "class %d has no rows, and its logarithm no value (expected rows of each class, or smoothing above 0)"
              .formatted(rows.indexOf(0.0)));
    }
    return rows;
  }
}
