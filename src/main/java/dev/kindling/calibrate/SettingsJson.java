package dev.kindling.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;
import dev.kindling.forward.Measure;
import java.util.Locale;
import java.util.Optional;

/** Settings of a calibration as fields of a JSON object. */
final class SettingsJson {
  private SettingsJson() {}

  static void write(LsuvSettings settings, ObjectNode node) {
    node.put("batch", settings.batch());
    node.put("micro-batch", settings.microBatch());
    node.put("target-variance", settings.targetVariance());
    settings.targetMean().ifPresent(mean -> node.put("target-mean", mean));
    node.put("measure", label(settings.measure()));
    node.put("statistic", label(settings.statistic()));
    node.put("blocks", label(settings.blocks()));
    settings.resample().ifPresent(resample -> write(resample, node.putObject("resample")));
    settings.check().ifPresent(rows -> node.put("check", rows));
    node.put("max-correction", settings.maxCorrection());
  }

  private static void write(Resample resample, ObjectNode node) {
    node.put("tolerance", resample.tolerance());
    node.put("max-passes", resample.maxPasses());
  }

  static LsuvSettings parse(JsonCursor cursor) {
    try {
      return new LsuvSettings(
          count(cursor.field("batch")),
          count(cursor.field("micro-batch")),
          cursor.field("target-variance").number(),
          cursor.optional("target-mean").map(JsonCursor::number),
          cursor
              .optional("measure")
              .map(measure -> constant(Measure.class, measure))
              .orElse(Measure.OUTPUT),
          constant(Statistic.class, cursor.field("statistic")),
          constant(FusedBlocks.class, cursor.field("blocks")),
          resample(cursor),
          cursor.optional("check").map(SettingsJson::count),
          cursor.field("max-correction").number());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw cursor.failure("settings out of range, " + e.getMessage());
    }
  }

  private static Optional<Resample> resample(JsonCursor cursor) {
    return cursor
        .optional("resample")
        .map(
            resample ->
                new Resample(
                    resample.field("tolerance").number(), count(resample.field("max-passes"))));
  }

  private static int count(JsonCursor cursor) {
    return Math.toIntExact(cursor.wholeNumber());
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonCursor cursor) {
    return Enum.valueOf(type, cursor.text().toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
