package dev.kindling.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.base.UnknownNameException;
import dev.kindling.media.ImageDecoder;
import dev.kindling.media.PixelLayout;
import dev.kindling.model.Shape;
import dev.kindling.spark.DataInput;
import dev.kindling.spark.DataSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the section {@code lsuv.data}. */
final class DataReader {
  private static final List<String> FORMATS =
      List.of(
          "csv",
          "json",
          "parquet",
          "orc",
          "avro",
          "libsvm",
          DataSource.SQL,
          DataSource.IMAGE,
          DataSource.FILES,
          DataSource.IDX);
  private static final double DEFAULT_BAD_SHARE = 0.01;
  private static final int MAX_RANGE = 1 << 20;

  /** {@code p0..p63}: the same word before both numbers. */
  private static final Pattern RANGE = Pattern.compile("(.*?)(\\d{1,9})\\.\\.(.*?)(\\d{1,9})");

  private final UnaryOperator<String> resolve;

  /**
   * Prepares to read.
   *
   * @param resolve makes paths absolute
   */
  DataReader(UnaryOperator<String> resolve) {
    this.resolve = resolve;
  }

  Optional<DataSource> read(Section section) {
    section.requireKey("format", "csv");
    Optional<String> format = section.convert("format", section.text("format"), DataReader::format);
    Optional<String> path = path(section, format.orElse(""));
    List<DataInput> inputs = inputs(section, format.orElse(""));
    Map<String, String> options = options(section);
    String label = section.text("label").orElse("");
    String strata = section.text("stratify").orElse("");
    String pipeline = section.convert("pipeline", section.text("pipeline"), resolve).orElse("");
    double maxBadShare = maxBadShare(section);
    section.finish();
    return format.isEmpty() || path.isEmpty() || inputs.isEmpty()
        ? Optional.empty()
        : section.convert(
            "max-bad-share",
            Optional.of(maxBadShare),
            share ->
                new DataSource(
                    format.get(), path.get(), inputs, options, pipeline, label, strata, share));
  }

  /** No bad row may be left out unless that is asked for. */
  private static double maxBadShare(Section section) {
    Optional<String> rows = section.convert("bad-rows", section.text("bad-rows"), DataReader::bad);
    Optional<Double> share = section.number("max-bad-share");
    boolean skip = rows.equals(Optional.of("skip"));
    if (share.isPresent() && !skip) {
      section.report("max-bad-share needs bad-rows: skip");
    }
    return skip ? share.orElse(DEFAULT_BAD_SHARE) : 0;
  }

  private static String bad(String word) {
    List<String> known = List.of("error", "skip");
    if (!known.contains(word)) {
      throw new UnknownNameException("bad-rows", word, known);
    }
    return word;
  }

  private Optional<String> path(Section section, String format) {
    if (format.equals(DataSource.SQL)) {
      section.requireKey("query", "select a, b from parquet.`/data`");
      return section.text("query");
    }
    section.requireKey("path", "data.csv");
    return section.convert("path", section.text("path"), resolve);
  }

  private static Map<String, String> options(Section section) {
    Map<String, String> options = new LinkedHashMap<>();
    section
        .section("options")
        .flatMap(map -> section.value("options"))
        .ifPresent(
            map ->
                map.properties()
                    .forEach(option -> options.put(option.getKey(), option.getValue().asText())));
    return options;
  }

  /** Either several inputs by name, or one whose keys stand beside format and path. */
  private static List<DataInput> inputs(Section section, String format) {
    Optional<Section> named = section.section("inputs");
    if (named.isEmpty()) {
      return input(section, "", format).map(List::of).orElse(List.of());
    }
    List<DataInput> inputs = new ArrayList<>();
    section
        .value("inputs")
        .ifPresent(
            map ->
                map.fieldNames()
                    .forEachRemaining(
                        name ->
                            named
                                .get()
                                .section(name)
                                .ifPresent(
                                    input -> {
                                      input(input, name, format).ifPresent(inputs::add);
                                      input.finish();
                                    })));
    return inputs;
  }

  private static Optional<DataInput> input(Section section, String name, String format) {
    List<String> features = features(section, format);
    List<Long> dims = section.wholeNumbers("shape");
    double scale = section.number("scale").orElse(1.0);
    List<Double> mean = numbers(section, "mean");
    List<Double> std = numbers(section, "std");
    List<Double> padding = section.number("pad").map(List::of).orElse(List.of());
    String mask = section.text("mask").orElse("");
    Optional<PixelLayout> images = images(section, format);
    if (features.isEmpty()) {
      return Optional.empty();
    }
    if (!mask.isEmpty() && padding.isEmpty()) {
      section.report("a mask needs pad, the number that fills up short rows");
    }
    List<Long> shape = dims.isEmpty() ? List.of((long) features.size()) : dims;
    return section.convert(
        "shape",
        Optional.of(shape),
        found ->
            new DataInput(
                name,
                features,
                new Shape(found),
                scale,
                mean,
                std,
                padding,
                mask,
                images.map(it -> new ImageDecoder(it, new Shape(found))).stream().toList()));
  }

  /** Sources of files have one column that can be meant. */
  private static List<String> features(Section section, String format) {
    Optional<String> only =
        switch (format) {
          case DataSource.IDX -> Optional.of(DataSource.IDX_RECORD);
          case DataSource.IMAGE, DataSource.FILES -> Optional.of(DataSource.CONTENT);
          default -> Optional.empty();
        };
    if (only.isPresent() && section.value("features").isEmpty()) {
      return List.of(only.get());
    }
    section.requireKey("features", "[p0..p63]");
    return section
        .convert("features", section.value("features"), found -> features(section))
        .orElse(List.of());
  }

  private static Optional<PixelLayout> images(Section section, String format) {
    Optional<PixelLayout> layout =
        section.convert("images", section.text("images"), DataReader::layout);
    return layout.isEmpty() && format.equals(DataSource.IMAGE)
        ? Optional.of(PixelLayout.NCHW)
        : layout;
  }

  private static PixelLayout layout(String word) {
    List<String> known =
        Arrays.stream(PixelLayout.values())
            .map(layout -> layout.name().toLowerCase(Locale.ROOT))
            .toList();
    if (!known.contains(word)) {
      throw new UnknownNameException("layout of images", word, known);
    }
    return PixelLayout.valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** A single number stands for a list of one. */
  private static List<Double> numbers(Section section, String key) {
    Optional<JsonNode> value = section.value(key);
    if (value.isPresent() && !value.get().isArray()) {
      return section.number(key).map(List::of).orElse(List.of());
    }
    return section.numbers(key);
  }

  private static String format(String format) {
    if (!FORMATS.contains(format)) {
      throw new UnknownNameException("format", format, FORMATS);
    }
    return format;
  }

  private static List<String> features(Section section) {
    List<String> features =
        section.texts("features").stream().flatMap(name -> range(name).stream()).toList();
    if (section.value("features").filter(list -> list.isArray() && list.isEmpty()).isPresent()) {
      throw new IllegalArgumentException("no column is named (expected for example [p0..p63])");
    }
    return features;
  }

  /** Expands {@code p0..p63} to the names from p0 to p63. */
  private static List<String> range(String name) {
    Matcher matcher = RANGE.matcher(name);
    if (!matcher.matches() || !matcher.group(1).equals(matcher.group(3))) {
      return List.of(name);
    }
    int first = Integer.parseInt(matcher.group(2));
    int last = Integer.parseInt(matcher.group(4));
    if (last < first || last - first >= MAX_RANGE) {
      throw new IllegalArgumentException(
          "'%s' is no range (expected at most %d ascending numbers, as in p0..p63)"
              .formatted(name, MAX_RANGE));
    }
    List<String> names = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      names.add(matcher.group(1) + i);
    }
    return names;
  }
}
