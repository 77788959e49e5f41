package dev.kindling.report;

import dev.kindling.calibrate.FreshVariance;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.report.Content.Axis;
import dev.kindling.report.Content.LayerPlot;
import dev.kindling.report.Content.Series;
import dev.kindling.report.Page.Section;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Shows what calibration did to each layer. */
final class CalibrationPlots {
  private final List<CheckpointSubject> subjects;
  private final List<String> layers;

  CalibrationPlots(List<CheckpointSubject> subjects) {
    this.subjects = subjects.stream().filter(subject -> subject.calibration().isPresent()).toList();
    Set<String> names = new LinkedHashSet<>();
    this.subjects.forEach(subject -> subject.layers().forEach(layer -> names.add(layer.layer())));
    this.layers = List.copyOf(names);
  }

  Optional<Section> section() {
    if (layers.isEmpty()) {
      return Optional.empty();
    }
    List<Content> contents = new ArrayList<>();
    contents.add(variances());
    contents.add(
        plot(
            "scale",
            "Factor of each layer's weight",
            "",
            "factor",
            Axis.LOG,
            LayerPlot.Style.DOTS,
            each("", LayerResult::scale)));
    List<Series> times = times();
    if (!times.isEmpty()) {
      contents.add(
          plot(
              "time", "Time of each stage", "", "seconds", Axis.ZERO, LayerPlot.Style.BARS, times));
    }
    return Optional.of(
        new Section(
            "Calibration",
            "Layers in the order of the forward pass. Variance is that of a layer's output over the sample, its bias included.",
            contents));
  }

  private LayerPlot variances() {
    List<Series> series = new ArrayList<>(each("before", LayerResult::varianceBefore));
    series.addAll(each("after", LayerResult::varianceAfter));
    for (CheckpointSubject subject : subjects) {
      if (subject.layers().stream().anyMatch(layer -> layer.fresh().isPresent())) {
        series.add(fresh(subject));
      }
    }
    return new LayerPlot(
        "variance",
        "Variance of each layer's output",
        "The broad bar is the interval of the check on fresh rows, which had no part in the scales; there is none where rows are too few.",
        "variance",
        Axis.LOG,
        LayerPlot.Style.DOTS,
        layers,
        series,
        subjects.stream()
            .map(subject -> subject.calibration().orElseThrow().settings().targetVariance())
            .distinct()
            .map(target -> new LayerPlot.Reference("target " + Words.number(target), target))
            .toList());
  }

  private LayerPlot plot(
      String id,
      String title,
      String text,
      String unit,
      Axis axis,
      LayerPlot.Style style,
      List<Series> series) {
    return new LayerPlot(id, title, text, unit, axis, style, layers, series, List.of());
  }

  private List<Series> each(String what, ToDoubleFunction<LayerResult> number) {
    return subjects.stream()
        .map(
            subject ->
                Series.of(
                    name(subject, what),
                    numbers(subject, layer -> Content.finite(number.applyAsDouble(layer)))))
        .toList();
  }

  private Series fresh(CheckpointSubject subject) {
    return new Series(
        name(subject, "on fresh rows"),
        numbers(subject, layer -> fresh(layer, FreshVariance::variance)),
        numbers(subject, layer -> end(layer, FreshVariance::low)),
        numbers(subject, layer -> end(layer, FreshVariance::high)));
  }

  /** Returns the end of an interval that says something. */
  private static Double end(LayerResult layer, ToDoubleFunction<FreshVariance> number) {
    return layer
        .fresh()
        .filter(fresh -> !fresh.isVague())
        .map(fresh -> Content.finite(number.applyAsDouble(fresh)))
        .orElse(null);
  }

  private static Double fresh(LayerResult layer, ToDoubleFunction<FreshVariance> number) {
    return layer.fresh().map(fresh -> Content.finite(number.applyAsDouble(fresh))).orElse(null);
  }

  private List<Series> times() {
    return subjects.stream()
        .filter(subject -> !subject.run().seconds().isEmpty())
        .map(
            subject ->
                Series.of(
                    name(subject, ""),
                    numbers(subject, layer -> subject.run().seconds().get(layer.layer()))))
        .toList();
  }

  private List<Double> numbers(
      CheckpointSubject subject, java.util.function.Function<LayerResult, Double> number) {
    List<Double> numbers = new ArrayList<>();
    for (String layer : layers) {
      numbers.add(subject.layer(layer).map(number).orElse(null));
    }
    return numbers;
  }

  private String name(CheckpointSubject subject, String what) {
    String name = subjects.size() == 1 ? "" : subject.name();
    return name.isEmpty() || what.isEmpty() ? name + what : name + ", " + what;
  }
}
