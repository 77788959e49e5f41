package dev.kindling.report;

import dev.kindling.calibrate.Calibration;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.report.Content.Commands;
import dev.kindling.report.Content.Table;
import dev.kindling.report.Page.Section;
import dev.kindling.scheme.Schemes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Says what was initialised and how, and how to have it again. */
final class Initialisation {
  private final List<CheckpointSubject> subjects;
  private final String version;

  Initialisation(List<CheckpointSubject> subjects, String version) {
    this.subjects = subjects;
    this.version = version;
  }

  Section section() {
    List<Content> contents = new ArrayList<>();
    contents.add(facts());
    contents.add(schemes());
    contents.add(new Commands(commands()));
    return new Section(
        "What was initialised, and how",
        "Every value is a function of seed, tensor name and index. The commands below give the same bits again.",
        contents);
  }

  private Table facts() {
    List<List<String>> rows = new ArrayList<>();
    fact(rows, "seed", subject -> String.valueOf(subject.recipe().seed()));
    fact(rows, "tensors", subject -> Words.format("%,d", subject.manifest().tensors().size()));
    fact(rows, "values", subject -> Words.format("%,d", subject.elements()));
    fact(rows, "stored as", subject -> stored(subject.manifest()));
    fact(rows, "digest", subject -> subject.manifest().digest());
    fact(rows, "presets", subject -> orDash(String.join(", ", subject.recipe().presets())));
    fact(rows, "calibration", subject -> subject.calibration().map(this::calibration).orElse("-"));
    fact(
        rows,
        "sample",
        subject -> subject.calibration().map(it -> "SHA-256 " + it.sampleDigest()).orElse("-"));
    fact(
        rows,
        "forward pass by",
        subject ->
            subject
                .calibration()
                .map(it -> it.environment().runtime() + " on " + it.environment().cpu())
                .orElse("-"));
    fact(
        rows,
        "versions",
        subject ->
            "format %d, writer %s; page by %s"
                .formatted(
                    subject.manifest().formatVersion(),
                    subject.manifest().writerVersion(),
                    version));
    List<Table.Column> columns = new ArrayList<>(List.of(Table.left("")));
    subjects.forEach(
        subject -> columns.add(Table.left(subjects.size() == 1 ? "" : subject.name())));
    return new Table(columns, rows);
  }

  private void fact(
      List<List<String>> rows, String name, Function<CheckpointSubject, String> value) {
    List<String> row = new ArrayList<>(List.of(name));
    subjects.forEach(subject -> row.add(value.apply(subject)));
    if (row.stream().skip(1).anyMatch(cell -> !cell.equals("-"))) {
      rows.add(row);
    }
  }

  private static String stored(Manifest manifest) {
    CheckpointLayout layout = manifest.layout();
    return Words.format(
        "%s, %,d bytes in %d %s",
        layout.dtype().label(),
        manifest.lengthBytes(),
        manifest.shards().size(),
        manifest.shards().size() == 1 ? "file" : "files");
  }

  private String calibration(Calibration it) {
    return Words.format(
        "LSUV over %,d rows, micro-batches of %d, target variance %s%s",
        it.settings().batch(),
        it.settings().microBatch(),
        Words.number(it.settings().targetVariance()),
        it.checkRows() > 0
            ? Words.format("; checked on %,d fresh rows", it.checkRows())
            : "; not checked on fresh rows");
  }

  /** A row for tensors of the same role, scheme and reason. */
  private Table schemes() {
    Map<List<String>, long[]> groups = new LinkedHashMap<>();
    for (CheckpointSubject subject : subjects) {
      for (RecipeEntry entry : subject.recipe().entries()) {
        List<String> key = new ArrayList<>();
        if (subjects.size() > 1) {
          key.add(subject.name());
        }
        key.addAll(List.of(entry.role().label(), scheme(entry), entry.rule()));
        long[] sums = groups.computeIfAbsent(key, it -> new long[2]);
        sums[0]++;
        sums[1] += entry.shape().elementCount();
      }
    }
    List<Table.Column> columns = new ArrayList<>();
    if (subjects.size() > 1) {
      columns.add(Table.left("checkpoint"));
    }
    columns.addAll(
        List.of(
            Table.left("role"),
            Table.left("scheme"),
            Table.left("why"),
            Table.right("tensors"),
            Table.right("values")));
    List<List<String>> rows = new ArrayList<>();
    groups.forEach(
        (key, sums) -> {
          List<String> row = new ArrayList<>(key);
          row.add(Words.format("%,d", sums[0]));
          row.add(Words.format("%,d", sums[1]));
          rows.add(row);
        });
    return new Table(columns, rows);
  }

  private static String scheme(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn
        ? drawn.blocks().stream()
            .map(Block::scheme)
            .map(Schemes::name)
            .distinct()
            .collect(Collectors.joining(", "))
        : entry.source().label();
  }

  private List<String> commands() {
    List<String> commands = new ArrayList<>();
    for (CheckpointSubject subject : subjects) {
      if (!subject.run().command().isEmpty()) {
        commands.add(subject.run().command());
      }
      commands.add(
          "jobs/kindling materialise %s --out COPY    # from the manifest alone"
              .formatted(ShellWord.of(subject.name())));
    }
    return commands.stream().filter(Objects::nonNull).distinct().toList();
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
