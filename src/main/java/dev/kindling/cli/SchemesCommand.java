package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.cli.TextTable.Column;
import dev.kindling.scheme.About;
import dev.kindling.scheme.Gain;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the schemes, or explains one. */
@Command(
    name = "schemes",
    mixinStandardHelpOptions = true,
    description =
        "Lists the initialisation schemes with their parameters and defaults, or explains one. Starts no Spark.")
final class SchemesCommand implements Callable<Integer> {
  /** Width of what stands before an explanation. */
  private static final int TITLE = 11;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "Explains this scheme: formula, source, when to use it. Aliases are fine.")
  private Optional<String> name = Optional.empty();

  @Mixin private WidthOptions width;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (name.isPresent()) {
      explain(scheme(name.get()), out);
    } else {
      list(out);
    }
    return 0;
  }

  private static Scheme scheme(String name) {
    try {
      return Schemes.of(name, Map.of());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("Cannot explain: " + e.getMessage());
    }
  }

  private void list(PrintWriter out) {
    List<Scheme> schemes = Schemes.names().stream().map(SchemesCommand::scheme).toList();
    int names = schemes.stream().mapToInt(scheme -> Schemes.name(scheme).length()).max().orElse(0);
    List<List<String>> rows =
        schemes.stream()
            .flatMap(scheme -> lines(Schemes.name(scheme), parameters(scheme), names + 2))
            .toList();
    TextTable table =
        TextTable.fitting(
            List.of(Column.left("scheme"), Column.left("parameters and defaults")), rows);
    out.println(table.header());
    rows.forEach(row -> out.println(table.row(row)));
    out.printf("%n%d schemes; 'kindling schemes NAME' explains one%n", schemes.size());
  }

  /** A title, and beside it a text over as many lines as it needs behind {@code indent}. */
  private Stream<List<String>> lines(String title, String text, int indent) {
    List<String> lines = TextTable.wrap(text, width.columns() - indent);
    return IntStream.range(0, lines.size())
        .mapToObj(i -> List.of(i == 0 ? title : "", lines.get(i)));
  }

  private void explain(Scheme scheme, PrintWriter out) {
    About about = Schemes.about(scheme);
    print(out, "scheme", Schemes.name(scheme));
    print(out, "aliases", String.join(", ", about.aliases()));
    print(out, "parameters", parameters(scheme));
    Schemes.words(scheme)
        .forEach(
            (parameter, words) -> print(out, "", parameter + ": " + String.join(" | ", words)));
    print(out, "draws", about.formula());
    print(out, "source", about.source());
    print(out, "use", about.use());
    if (Schemes.parameters(scheme).containsKey("gain")) {
      print(out, "gain", "a number, or an activation: " + gains());
    }
  }

  private void print(PrintWriter out, String title, String text) {
    if (!text.isEmpty()) {
      lines(title, text, TITLE + 1)
          .forEach(line -> out.printf("%-" + TITLE + "s %s%n", line.get(0), line.get(1)));
    }
  }

  private static String gains() {
    return Gain.all().entrySet().stream()
        .map(gain -> "%s %s".formatted(gain.getKey(), number(gain.getValue())))
        .collect(Collectors.joining(", "));
  }

  private static String parameters(Scheme scheme) {
    return parameters(Schemes.parameters(scheme));
  }

  private static String parameters(Map<?, ?> parameters) {
    return parameters.entrySet().stream()
        .map(parameter -> "%s: %s".formatted(parameter.getKey(), value(parameter.getValue())))
        .collect(Collectors.joining(", "));
  }

  private static String value(Object value) {
    return value instanceof Map<?, ?> map ? "{%s}".formatted(parameters(map)) : number(value);
  }

  private static String number(Object value) {
    if (!(value instanceof Double number)) {
      return String.valueOf(value);
    }
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : String.format(Locale.ROOT, "%.6g", number).replaceAll("(\\.\\d*?)0+$", "$1");
  }
}
