package dev.kindling.cli;

import dev.kindling.base.UnknownNameException;
import dev.kindling.datastart.DataStart;
import dev.kindling.datastart.Directions;
import dev.kindling.datastart.Method;
import dev.kindling.datastart.Rbm;
import dev.kindling.datastart.WeightNorm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the section {@code start}. */
final class StartReader {
  private static final String WEIGHT_NORM = "weight-norm";
  private static final String RBM = "rbm";

  private final Section section;

  StartReader(Section section) {
    this.section = section;
  }

  Optional<Configuration.Start> read() {
    section.requireKey("method", "kmeans");
    Optional<String> method =
        section.convert("method", section.text("method"), StartReader::method);
    List<LayerChoice> layers = new ArrayList<>();
    section.sections("layers").forEach(it -> LsuvReader.choice(it).ifPresent(layers::add));
    Optional<DataStart> start = method.flatMap(this::start);
    if (method.isPresent()) {
      // Otherwise nobody knows which keys are meant.
      section.finish();
    }
    return start.map(found -> new Configuration.Start(found, layers));
  }

  private static String method(String word) {
    List<String> words =
        new ArrayList<>(
            Arrays.stream(Method.values())
                .map(known -> known.name().toLowerCase(Locale.ROOT))
                .toList());
    words.addAll(List.of(WEIGHT_NORM, RBM));
    if (!words.contains(word)) {
      throw new UnknownNameException("method", word, words);
    }
    return word;
  }

  private Optional<DataStart> start(String method) {
    return switch (method) {
      case WEIGHT_NORM ->
          section
              .convert(
                  "names",
                  section.text("names").or(() -> Optional.of("parametrization")),
                  StartReader::names)
              .map(WeightNorm::new);
      case RBM -> rbm();
      default ->
          section
              .convert(
                  "patches",
                  section.count("patches").or(() -> Optional.of(Directions.DEFAULT_PATCHES)),
                  count -> new Directions(Method.valueOf(method.toUpperCase(Locale.ROOT)), count))
              .map(DataStart.class::cast);
    };
  }

  private Optional<DataStart> rbm() {
    double rate = section.number("rate").orElse(Rbm.DEFAULT_RATE);
    return section.convert(
        "steps",
        section.count("steps").or(() -> Optional.of(Rbm.DEFAULT_STEPS)),
        steps -> new Rbm(steps, rate));
  }

  private static WeightNorm.Names names(String word) {
    List<String> words =
        Arrays.stream(WeightNorm.Names.values())
            .map(known -> known.name().toLowerCase(Locale.ROOT))
            .toList();
    if (!words.contains(word)) {
      throw new UnknownNameException("names", word, words);
    }
    return WeightNorm.Names.valueOf(word.toUpperCase(Locale.ROOT));
  }
}
