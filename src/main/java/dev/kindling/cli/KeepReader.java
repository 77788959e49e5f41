package dev.kindling.cli;

import dev.kindling.base.UnknownNameException;
import dev.kindling.recipe.Start;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Reads {@code keep: {from: PATH, name: GLOB, unexpected: refuse|ignore}}.
 *
 * @param inputs resolves paths against the configuration file
 */
record KeepReader(UnaryOperator<String> inputs) {
  static final String NAME = "keep";

  /** Returns what a rule's scheme says, if it is one that keeps. */
  Optional<Start.Kept> read(Section scheme) {
    return scheme
        .section(NAME)
        .flatMap(
            keep -> {
              keep.requireKey("from", "backbone.safetensors");
              Optional<String> from = keep.convert("from", keep.text("from"), inputs);
              Optional<String> name = keep.text("name");
              Start.Unexpected unexpected =
                  keep.convert("unexpected", keep.text("unexpected"), KeepReader::unexpected)
                      .orElse(Start.Unexpected.REFUSE);
              keep.finish();
              return keep.convert("from", from, path -> new Start.Kept(path, name, unexpected));
            });
  }

  private static Start.Unexpected unexpected(String word) {
    return switch (word) {
      case "refuse" -> Start.Unexpected.REFUSE;
      case "ignore" -> Start.Unexpected.IGNORE;
      default -> throw new UnknownNameException("choice", word, List.of("refuse", "ignore"));
    };
  }
}
