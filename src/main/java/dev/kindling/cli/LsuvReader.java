package dev.kindling.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.base.UnknownNameException;
import dev.kindling.calibrate.FusedBlocks;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Resample;
import dev.kindling.calibrate.Statistic;
import dev.kindling.forward.Measure;
import dev.kindling.model.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the section {@code lsuv}. */
final class LsuvReader {
  private final Section section;
  private final DataReader data;

  /**
   * Prepares to read.
   *
   * @param data reads what the sample is taken from
   */
  LsuvReader(Section section, DataReader data) {
    this.section = section;
    this.data = data;
  }

  Optional<Configuration.Lsuv> read() {
    section.requireKey("data", "{format: csv, path: data.csv, features: [p0..p63]}");
    Optional<dev.kindling.spark.DataSource> source = section.section("data").flatMap(data::read);
    Optional<LsuvSettings> settings = settings();
    List<LayerChoice> layers = new ArrayList<>();
    section.sections("layers").forEach(choice -> choice(choice).ifPresent(layers::add));
    section.finish();
    return source.flatMap(found -> settings.map(all -> new Configuration.Lsuv(found, all, layers)));
  }

  private Optional<LsuvSettings> settings() {
    int batch = section.count("batch").orElse(LsuvSettings.DEFAULT_BATCH);
    int microBatch = section.count("micro-batch").orElse(LsuvSettings.DEFAULT_MICRO_BATCH);
    double target = section.number("target-variance").orElse(1.0);
    Optional<Double> mean = section.number("target-mean");
    Measure measure = constant("measure", Measure.class, Measure.OUTPUT);
    Statistic statistic = constant("statistic", Statistic.class, Statistic.LAYER);
    FusedBlocks blocks = constant("blocks", FusedBlocks.class, FusedBlocks.TOGETHER);
    Optional<Resample> resample = resample();
    Optional<Integer> check = section.count("check");
    double bound = section.number("max-correction").orElse(LsuvSettings.DEFAULT_MAX_CORRECTION);
    try {
      return Optional.of(
          new LsuvSettings(
              batch, microBatch, target, mean, measure, statistic, blocks, resample, check, bound));
    } catch (IllegalArgumentException e) {
      section.report(e.getMessage());
      return Optional.empty();
    }
  }

  /** {@code true} stands for the numbers of the published implementation. */
  private Optional<Resample> resample() {
    Optional<JsonNode> value = section.value("resample");
    if (value.isEmpty() || value.get().isBoolean()) {
      return value.filter(JsonNode::booleanValue).map(yes -> Resample.PUBLISHED);
    }
    Optional<Section> map = section.section("resample");
    if (map.isEmpty()) {
      return Optional.empty();
    }
    double tolerance = map.get().number("tolerance").orElse(Resample.PUBLISHED.tolerance());
    int passes = map.get().count("max-passes").orElse(Resample.PUBLISHED.maxPasses());
    map.get().finish();
    return section.convert("resample", Optional.of(passes), most -> new Resample(tolerance, most));
  }

  private <E extends Enum<E>> E constant(String key, Class<E> type, E otherwise) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    List<String> labels = constants.stream().map(LsuvReader::label).toList();
    return section
        .convert(
            key,
            section.text(key),
            word -> {
              if (!labels.contains(word)) {
                throw new UnknownNameException(key, word, labels);
              }
              return constants.get(labels.indexOf(word));
            })
        .orElse(otherwise);
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<LayerChoice> choice(Section section) {
    Optional<String> match = section.text("match");
    Optional<Role> role = section.convert("role", section.text("role"), ConfigurationReader::role);
    section.finish();
    if (section.value("match").isEmpty() && section.value("role").isEmpty()) {
      section.report("a choice of layers needs match, role or both");
      return Optional.empty();
    }
    return Optional.of(new LayerChoice(match, role));
  }
}
