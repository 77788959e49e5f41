package dev.kindling.report;

import dev.kindling.base.InputException;
import dev.kindling.base.JsonCursor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What only the run knew that made a checkpoint: its manifest holds nothing that varies between
 * runs of the same result. The page that the run leaves keeps it.
 *
 * @param digest digest of the checkpoint
 * @param command what was typed
 * @param notes what the run had to say, a line each
 * @param seconds time per layer
 * @param branches residual branches that the graph showed, a row each
 * @param attentions attention that the graph showed, a row each
 */
public record RunRecord(
    String digest,
    String command,
    List<String> notes,
    Map<String, Double> seconds,
    List<List<String>> branches,
    List<List<String>> attentions) {
  public RunRecord {
    notes = List.copyOf(notes);
    seconds = Map.copyOf(seconds);
    branches = List.copyOf(branches);
    attentions = List.copyOf(attentions);
  }

  /** Returns what is known of a checkpoint whose run left nothing. */
  static RunRecord unknown(String digest) {
    return new RunRecord(digest, "", List.of(), Map.of(), List.of(), List.of());
  }

  /** Returns the record of a checkpoint among those of a page, if it is there and can be read. */
  static Optional<RunRecord> find(JsonCursor page, String digest) {
    try {
      for (JsonCursor run : page.field("runs").elements()) {
        if (run.field("digest").text().equals(digest)) {
          return Optional.of(parse(run));
        }
      }
      return Optional.empty();
    } catch (InputException e) {
      // A page of another version; it is about to be replaced.
      return Optional.empty();
    }
  }

  private static RunRecord parse(JsonCursor run) {
    Map<String, Double> seconds = new TreeMap<>();
    JsonCursor times = run.field("seconds");
    times
        .node()
        .fieldNames()
        .forEachRemaining(layer -> seconds.put(layer, times.field(layer).number()));
    return new RunRecord(
        run.field("digest").text(),
        run.field("command").text(),
        texts(run.field("notes")),
        seconds,
        rows(run.field("branches")),
        rows(run.field("attentions")));
  }

  private static List<List<String>> rows(JsonCursor rows) {
    return rows.elements().stream().map(RunRecord::texts).toList();
  }

  private static List<String> texts(JsonCursor texts) {
    return texts.elements().stream().map(JsonCursor::text).toList();
  }
}
