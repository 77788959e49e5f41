package dev.kindling.cli;

import picocli.CommandLine.Option;

/** Whether many tensors are shown one by one. */
final class DetailOptions {
  /** So many rows are still read. */
  static final int ROWS = 40;

  @Option(
      names = "--all",
      description =
          "Shows each tensor; otherwise a terminal gets a row for all tensors whose names differ in numbers only, if"
              + " there are more than 40 tensors. Files and pipes get each.")
  private boolean all;

  /** How many tensors are shown. */
  enum Detail {
    EACH,
    GROUPED
  }

  /** Returns how so many tensors are shown. */
  Detail of(int tensors, WidthOptions width) {
    return all || tensors <= ROWS || width.columns() == Integer.MAX_VALUE
        ? Detail.EACH
        : Detail.GROUPED;
  }
}
