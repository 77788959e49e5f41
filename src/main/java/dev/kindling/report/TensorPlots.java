package dev.kindling.report;

import dev.kindling.checkpoint.Histogram;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.report.Content.Axis;
import dev.kindling.report.Content.Curve;
import dev.kindling.report.Content.CurvePlot;
import dev.kindling.report.Content.Gallery;
import dev.kindling.report.Content.HistogramPlot;
import dev.kindling.report.Content.LayerPlot;
import dev.kindling.report.Content.Plot;
import dev.kindling.report.Content.Series;
import dev.kindling.report.Page.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** Shows the values of tensors: their deviations, how they are spread, their singular values. */
final class TensorPlots {
  private static final int BINS = 48;

  private final List<CheckpointSubject> subjects;
  private final List<String> drawn;
  private final List<String> shown;

  /** Chooses the largest tensors of those that vary, in the order of the model. */
  TensorPlots(List<CheckpointSubject> subjects, int most) {
    this.subjects = subjects;
    Set<String> names = new LinkedHashSet<>();
    for (CheckpointSubject subject : subjects) {
      subject.recipe().entries().stream()
          .filter(entry -> entry.source() instanceof Source.Drawn)
          .filter(entry -> subject.tensor(entry.tensor()).filter(TensorPlots::varies).isPresent())
          .forEach(entry -> names.add(entry.tensor()));
    }
    this.drawn = List.copyOf(names);
    Set<String> largest = new LinkedHashSet<>(drawn.stream().sorted(bySize()).limit(most).toList());
    this.shown = drawn.stream().filter(largest::contains).toList();
  }

  List<Section> sections() throws IOException {
    if (drawn.isEmpty()) {
      return List.of();
    }
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section(
            "Values",
            Words.format(
                "Dashed is the density of the scheme, with its scale. Shown are %s; of tensors above a million values a sample is read.",
                shown.size() == drawn.size()
                    ? "all tensors that are drawn"
                    : Words.format(
                        "the %,d largest of %,d tensors that are drawn (--tensors)",
                        shown.size(), drawn.size())),
            List.of(deviations(), new Gallery(histograms()))));
    List<Plot> spectra = spectra();
    if (!spectra.isEmpty()) {
      sections.add(
          new Section(
              "Singular values",
              Words.format(
                  "Of matrices (first axis by all others) with a smaller side up to %d and up to %,d values, from the largest on. Dashed is what the scheme lets expect: one value for orthogonal matrices, Marchenko and Pastur's law for independent elements.",
                  Spectrum.LONGEST_SIDE, Spectrum.MOST_ELEMENTS),
              List.of(new Gallery(spectra))));
    }
    return sections;
  }

  private LayerPlot deviations() {
    List<Series> series = new ArrayList<>();
    for (CheckpointSubject subject : subjects) {
      List<Double> values = new ArrayList<>();
      List<Double> schemes = new ArrayList<>();
      for (String name : drawn) {
        values.add(subject.tensor(name).map(it -> Content.finite(it.std())).orElse(null));
        schemes.add(density(subject, name).map(it -> Content.finite(it.std())).orElse(null));
      }
      String prefix = subjects.size() == 1 ? "" : subject.name() + ", ";
      series.add(Series.of(prefix + "scheme", schemes));
      series.add(Series.of(prefix + "values", values));
    }
    return new LayerPlot(
        "deviation",
        "Standard deviation of each tensor",
        "",
        "standard deviation",
        Axis.LOG,
        LayerPlot.Style.DOTS,
        drawn,
        series,
        List.of());
  }

  private List<Plot> histograms() throws IOException {
    return InParallel.each(shown, this::histogram);
  }

  private Plot histogram(String name) throws IOException {
    DoubleSummaryStatistics ends =
        holders(name).stream()
            .map(subject -> subject.tensor(name).orElseThrow())
            .flatMapToDouble(tensor -> DoubleStream.of(tensor.min(), tensor.max()))
            .summaryStatistics();
    double width = (ends.getMax() - ends.getMin()) / BINS;
    List<Series> series = new ArrayList<>();
    for (CheckpointSubject subject : holders(name)) {
      long[] counts =
          Histogram.of(
                  subject.checkpoint(),
                  subject.tensor(name).orElseThrow(),
                  ends.getMin(),
                  ends.getMax(),
                  BINS)
              .counts();
      double all = LongStream.of(counts).sum() * width;
      series.add(
          Series.of(
              subject.name(),
              LongStream.of(counts).mapToObj(count -> Content.finite(count / all)).toList()));
    }
    List<Double> expected = new ArrayList<>();
    if (holders(name).size() == 1) {
      density(holders(name).get(0), name)
          .ifPresent(density -> addDensities(density, ends.getMin(), width, expected));
    }
    return new HistogramPlot(
        "histogram:" + name, name, text(name), ends.getMin(), ends.getMax(), series, expected);
  }

  private static void addDensities(
      SchemeDensity density, double low, double width, List<Double> expected) {
    for (int bin = 0; bin < BINS; bin++) {
      expected.add(Content.finite(density.at(low + (bin + 0.5) * width)));
    }
  }

  private String text(String name) {
    ManifestTensor tensor = holders(name).get(0).tensor(name).orElseThrow();
    return "%s, %s, std %s"
        .formatted(tensor.shape(), String.join(", ", tensor.schemes()), Words.number(tensor.std()));
  }

  private List<Plot> spectra() throws IOException {
    return InParallel.each(shown, this::spectrum).stream().flatMap(Optional::stream).toList();
  }

  private Optional<Plot> spectrum(String name) throws IOException {
    List<Curve> curves = new ArrayList<>();
    for (CheckpointSubject subject : holders(name)) {
      RecipeEntry entry = subject.recipe().entry(name);
      if (Spectrum.suits(entry)) {
        addCurves(subject, entry, curves);
      }
    }
    return curves.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CurvePlot(
                "spectrum:" + name,
                name,
                text(name),
                "rank",
                "singular value",
                Axis.LINEAR,
                Axis.ZERO,
                curves));
  }

  private void addCurves(CheckpointSubject subject, RecipeEntry entry, List<Curve> curves)
      throws IOException {
    Spectrum spectrum = Spectrum.of(subject.checkpoint(), entry);
    String name = subjects.size() == 1 ? "found" : subject.name();
    curves.add(
        Curve.found(name, Spectrum.ranks(spectrum.values().length), boxed(spectrum.values())));
    if (spectrum.expected().length > 0 && subjects.size() == 1) {
      curves.add(
          Curve.expected(
              "expected", Spectrum.ranks(spectrum.expected().length), boxed(spectrum.expected())));
    }
  }

  private static List<Double> boxed(double[] values) {
    return DoubleStream.of(values).mapToObj(Content::finite).toList();
  }

  private Optional<SchemeDensity> density(CheckpointSubject subject, String name) {
    return subject.recipe().entries().stream()
        .filter(entry -> entry.tensor().equals(name))
        .findFirst()
        .flatMap(SchemeDensity::of);
  }

  private List<CheckpointSubject> holders(String name) {
    return subjects.stream()
        .filter(subject -> subject.tensor(name).filter(TensorPlots::varies).isPresent())
        .toList();
  }

  private Comparator<String> bySize() {
    return Comparator.comparingLong(
        name -> -holders(name).get(0).tensor(name).orElseThrow().shape().elementCount());
  }

  private static boolean varies(ManifestTensor tensor) {
    return tensor.max() > tensor.min() && Double.isFinite(tensor.max() - tensor.min());
  }
}
