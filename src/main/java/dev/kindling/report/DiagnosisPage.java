package dev.kindling.report;

import dev.kindling.diagnose.AttentionSignal;
import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.LayerSignal;
import dev.kindling.diagnose.NamedDiagnosis;
import dev.kindling.diagnose.Verdicts;
import dev.kindling.report.Content.Axis;
import dev.kindling.report.Content.LayerPlot;
import dev.kindling.report.Content.Messages;
import dev.kindling.report.Content.Series;
import dev.kindling.report.Page.Section;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/** Shows how signals travel through one start of a model, or through several side by side. */
public final class DiagnosisPage {
  private final String title;
  private final List<NamedDiagnosis> diagnoses;
  private final List<String> layers;

  /**
   * Begins a page.
   *
   * @param title its heading, usually the model
   * @param diagnoses of the same model and sample
   */
  public DiagnosisPage(String title, List<NamedDiagnosis> diagnoses) {
    this.title = title;
    this.diagnoses = List.copyOf(diagnoses);
    Set<String> names = new LinkedHashSet<>();
    diagnoses.forEach(it -> it.diagnosis().layers().forEach(layer -> names.add(layer.layer())));
    this.layers = List.copyOf(names);
  }

  /** Returns the page, with other sections in front. */
  public Page page(List<Section> before) {
    List<Section> sections = new ArrayList<>(before);
    sections.add(verdicts());
    sections.add(forward());
    backward(sections);
    attention(sections);
    Diagnosis first = diagnoses.get(0).diagnosis();
    return new Page(
        title,
        Words.format(
            "How signals travel at the start: %,d rows, %d random directions per layer",
            first.rows(), first.directions()),
        sections,
        List.of());
  }

  private Section verdicts() {
    List<Content> contents = new ArrayList<>();
    for (NamedDiagnosis it : diagnoses) {
      String prefix = diagnoses.size() == 1 ? "" : it.name() + ": ";
      List<String> lines = Verdicts.of(it.diagnosis()).stream().map(prefix::concat).toList();
      contents.add(
          lines.isEmpty()
              ? new Messages(
                  Messages.Kind.GOOD, List.of(prefix + "Signals keep their size both ways."))
              : new Messages(Messages.Kind.WARNING, lines));
    }
    List<String> remarks = diagnoses.get(0).diagnosis().remarks();
    if (!remarks.isEmpty()) {
      contents.add(new Messages(Messages.Kind.NOTE, remarks));
    }
    return new Section("Verdicts", "", contents);
  }

  private Section forward() {
    List<Content> contents = new ArrayList<>();
    contents.add(
        plot("second-moment", "Second moment of outputs", "", Axis.LOG, LayerSignal::secondMoment));
    contents.add(plot("variance", "Variance of outputs", "", Axis.LOG, LayerSignal::variance));
    add(
        contents,
        "saturated",
        "Share of values where the activation is flat",
        "share",
        LayerSignal::saturated);
    add(
        contents,
        "dead",
        "Share of channels that no sample brings above zero",
        "share",
        LayerSignal::dead);
    add(
        contents,
        "rank",
        "Effective rank of the samples' outputs, of at most %d"
            .formatted(diagnoses.get(0).diagnosis().together()),
        "effective rank",
        LayerSignal::effectiveRank);
    add(contents, "cosine", "Mean cosine of two samples' outputs", "cosine", LayerSignal::cosine);
    return new Section(
        "Forward",
        "Layers in the order of the forward pass; outputs with bias, before the activation.",
        contents);
  }

  private void backward(List<Section> sections) {
    if (diagnoses.stream()
        .flatMap(it -> it.diagnosis().layers().stream())
        .allMatch(layer -> layer.jacobian().isEmpty())) {
      return;
    }
    List<Series> series = new ArrayList<>();
    for (NamedDiagnosis it : diagnoses) {
      series.add(
          new Series(
              name(it),
              numbers(it, layer -> jacobian(layer, 0)),
              numbers(it, layer -> jacobian(layer, -2)),
              numbers(it, layer -> jacobian(layer, 2))));
    }
    sections.add(
        new Section(
            "Backward",
            "Mean square singular value of the Jacobian from each layer's output to the last layer's, from random directions; the broad bar is two standard errors to each side. Gradients travel along the same matrix.",
            List.of(
                new LayerPlot(
                    "jacobian",
                    "Mean square singular value of the Jacobian",
                    "",
                    "mean square singular value",
                    Axis.LOG,
                    LayerPlot.Style.DOTS,
                    layers,
                    series,
                    List.of(new LayerPlot.Reference("1", 1))))));
  }

  private static Double jacobian(LayerSignal layer, int errors) {
    return layer
        .jacobian()
        .map(it -> Content.finite(Math.max(0, it.value() + errors * it.error())))
        .orElse(null);
  }

  private void attention(List<Section> sections) {
    List<AttentionSignal> attentions = diagnoses.get(0).diagnosis().attentions();
    if (attentions.isEmpty()) {
      return;
    }
    List<Series> series = new ArrayList<>();
    for (NamedDiagnosis it : diagnoses) {
      series.add(
          Series.of(
              name(it),
              it.diagnosis().attentions().stream()
                  .map(signal -> Content.finite(signal.entropy() / signal.most()))
                  .toList()));
    }
    sections.add(
        new Section(
            "Attention",
            "Mean entropy of the rows of attention against that of looking everywhere alike.",
            List.of(
                new LayerPlot(
                    "attention",
                    "Entropy of attention",
                    "",
                    "share of the largest entropy",
                    Axis.ZERO,
                    LayerPlot.Style.DOTS,
                    attentions.stream().map(AttentionSignal::name).toList(),
                    series,
                    List.of()))));
  }

  private LayerPlot plot(
      String id, String plotTitle, String text, Axis axis, Function<LayerSignal, Double> number) {
    return plot(
        id,
        plotTitle,
        text,
        axis,
        id.replace('-', ' '),
        layer -> Content.finite(number.apply(layer)));
  }

  private LayerPlot plot(
      String id,
      String plotTitle,
      String text,
      Axis axis,
      String unit,
      Function<LayerSignal, Double> number) {
    return new LayerPlot(
        id,
        plotTitle,
        text,
        unit,
        axis,
        LayerPlot.Style.DOTS,
        layers,
        diagnoses.stream().map(it -> Series.of(name(it), numbers(it, number))).toList(),
        List.of());
  }

  /** Adds a plot of what some layers have; nothing if none has it. */
  private void add(
      List<Content> contents,
      String id,
      String plotTitle,
      String unit,
      Function<LayerSignal, OptionalDouble> number) {
    Function<LayerSignal, Double> known =
        layer -> {
          OptionalDouble value = number.apply(layer);
          return value.isPresent() ? Content.finite(value.getAsDouble()) : null;
        };
    if (diagnoses.stream()
        .flatMap(it -> it.diagnosis().layers().stream())
        .map(known)
        .anyMatch(Objects::nonNull)) {
      contents.add(plot(id, plotTitle, "", Axis.ZERO, unit, known));
    }
  }

  private List<Double> numbers(NamedDiagnosis it, Function<LayerSignal, Double> number) {
    List<Double> numbers = new ArrayList<>();
    for (String name : layers) {
      numbers.add(
          it.diagnosis().layers().stream()
              .filter(layer -> layer.layer().equals(name))
              .findFirst()
              .map(number)
              .orElse(null));
    }
    return numbers;
  }

  private String name(NamedDiagnosis it) {
    return diagnoses.size() == 1 ? "" : it.name();
  }
}
