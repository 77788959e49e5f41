package dev.kindling.cli;

import dev.kindling.cli.TextTable.Column;
import dev.kindling.diagnose.AttentionSignal;
import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.LayerSignal;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A diagnosis for people: a row per layer, in as many columns as fit. */
final class SignalTable {
  /** More layers are shown by some of them unless all are asked for. */
  static final int ROWS = 40;

  private static final List<Column> COLUMNS =
      List.of(
          Column.left("layer"),
          Column.right("2nd moment"),
          Column.right("Jacobian"),
          Column.right("variance"),
          Column.right("flat"),
          Column.right("dead"),
          Column.right("cosine"),
          Column.right("rank"),
          Column.left("activation"),
          Column.left("scheme"),
          Column.right("mean"));

  private static final List<String> DISPENSABLE =
      List.of(
          "mean", "scheme", "activation", "rank", "cosine", "dead", "flat", "variance", "Jacobian");

  private SignalTable() {}

  /**
   * Prints a diagnosis.
   *
   * @param most number of layers shown
   * @param width columns of text that there are
   */
  static void print(Diagnosis diagnosis, int most, int width, PrintWriter out) {
    List<LayerSignal> layers = diagnosis.layers();
    List<Integer> shown = chosen(layers.size(), most);
    List<List<String>> rows = shown.stream().map(i -> row(layers.get(i))).toList();
    NarrowTable.lines(COLUMNS, rows, width, DISPENSABLE).forEach(out::println);
    if (shown.size() < layers.size()) {
      out.printf(Locale.ROOT, "%d of %,d layers; --all shows each%n", shown.size(), layers.size());
    }
    diagnosis.attentions().stream()
        .limit(most)
        .flatMap(it -> TextTable.wrap(attention(it), width).stream())
        .forEach(out::println);
  }

  /** Prints a line behind a dash; further lines stand below its first word. */
  static void printVerdict(String line, int width, PrintWriter out) {
    String begin = "- ";
    for (String part : TextTable.wrap(line, Math.max(20, width - begin.length()))) {
      out.println(begin + part);
      begin = "  ";
    }
  }

  /** Returns indices at equal distances, the first and the last among them. */
  static List<Integer> chosen(int count, int most) {
    List<Integer> chosen = new ArrayList<>();
    int shown = Math.min(count, Math.max(2, most));
    for (int i = 0; i < shown; i++) {
      chosen.add(shown == 1 ? 0 : (int) ((long) i * (count - 1) / (shown - 1)));
    }
    return chosen;
  }

  private static List<String> row(LayerSignal layer) {
    return List.of(
        layer.layer(),
        number(layer.secondMoment()),
        layer
            .jacobian()
            .map(it -> number(it.value()) + " ± " + digits("%.1g", it.error()))
            .orElse("-"),
        number(layer.variance()),
        share(layer.saturated()),
        share(layer.dead()),
        optional("%.3f", layer.cosine()),
        optional("%.1f", layer.effectiveRank()),
        layer.activation().label(),
        layer.scheme(),
        number(layer.mean()));
  }

  private static String attention(AttentionSignal it) {
    return "attention %s: entropy %s of at most %s"
        .formatted(it.name(), digits("%.3f", it.entropy()), digits("%.3f", it.most()));
  }

  static String number(double value) {
    return Double.isFinite(value) ? value == 0 ? "0" : digits("%.4g", value) : "-";
  }

  private static String share(OptionalDouble share) {
    return share.isPresent() ? digits("%.0f%%", 100 * share.getAsDouble()) : "-";
  }

  private static String optional(String form, OptionalDouble value) {
    return value.isPresent() ? digits(form, value.getAsDouble()) : "-";
  }

  private static String digits(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }
}
