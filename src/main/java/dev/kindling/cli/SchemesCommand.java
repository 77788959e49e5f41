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
import picocli.CommandLine.Command;
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
  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "Explains this scheme: formula, source, when to use it. Aliases are fine.")
  private Optional<String> name = Optional.empty();

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

  private static void list(PrintWriter out) {
    List<List<String>> rows =
        Schemes.names().stream().map(SchemesCommand::scheme).map(SchemesCommand::row).toList();
    TextTable table =
        TextTable.fitting(
            List.of(Column.left("scheme"), Column.left("parameters and defaults")), rows);
    out.println(table.header());
    rows.forEach(row -> out.println(table.row(row)));
    out.printf("%n%d schemes; 'kindling schemes NAME' explains one%n", rows.size());
  }

  private static List<String> row(Scheme scheme) {
    return List.of(Schemes.name(scheme), parameters(scheme));
  }

  private static void explain(Scheme scheme, PrintWriter out) {
    About about = Schemes.about(scheme);
    out.printf("%-11s %s%n", "scheme", Schemes.name(scheme));
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

  private static void print(PrintWriter out, String title, String text) {
    if (!text.isEmpty()) {
      out.printf("%-11s %s%n", title, text);
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
