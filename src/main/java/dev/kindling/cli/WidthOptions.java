package dev.kindling.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** How wide what is printed may be. */
final class WidthOptions {
  @Option(
      names = "--width",
      paramLabel = "COLUMNS",
      defaultValue = "${env:COLUMNS}",
      description =
          "Fits what is printed into so many columns. Default: the terminal's, which the launcher"
              + " passes on as COLUMNS; in files and pipes lines are as long as they need.")
  private Optional<Integer> width = Optional.empty();

  /** Returns the number of columns, {@link Integer#MAX_VALUE} for any. */
  int columns() {
    return width.orElse(Integer.MAX_VALUE);
  }
}
