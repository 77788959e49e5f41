package dev.kindling.cli;

import dev.kindling.base.UnknownNameException;
import dev.kindling.expand.ExpandSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * Reads the section {@code init.expand}.
 *
 * @param inputs resolves paths against the configuration file
 */
record ExpandReader(UnaryOperator<String> inputs) {
  /** Stands for the small checkpoint that the command line names. */
  static final String NOWHERE = "(the small checkpoint)";

  ExpandSettings read(Section expand) {
    String from = expand.convert("from", expand.text("from"), inputs).orElse(NOWHERE);
    ExpandSettings.Method method =
        choice(expand, "method", ExpandSettings.Method.class, ExpandSettings.Method.HYPERCLONING);
    OptionalDouble noise =
        expand
            .convert("noise", expand.number("noise"), ExpandReader::finite)
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty());
    ExpandSettings settings =
        new ExpandSettings(
            from,
            method,
            noise,
            choice(expand, "depth", ExpandSettings.Depth.class, ExpandSettings.Depth.NONE),
            choice(expand, "ends", ExpandSettings.Ends.class, ExpandSettings.Ends.ZERO),
            choice(expand, "head", ExpandSettings.Head.class, ExpandSettings.Head.NONE),
            expand.count("head-size").filter(size -> size >= 0).orElse(0),
            expand.texts("identities"));
    expand.finish();
    return settings;
  }

  private static double finite(double noise) {
    return dev.kindling.base.Require.finite(noise, "noise");
  }

  private static <E extends Enum<E>> E choice(
      Section section, String key, Class<E> type, E otherwise) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(ExpandReader::word).toList();
    Optional<E> found =
        section.convert(
            key,
            section.text(key),
            word ->
                Arrays.stream(type.getEnumConstants())
                    .filter(constant -> word(constant).equals(word))
                    .findFirst()
                    .orElseThrow(() -> new UnknownNameException(key, word, words)));
    return found.orElse(otherwise);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
