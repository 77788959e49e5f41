package dev.kindling.checkpoint.estimate;

/**
 * Seconds that work takes on one core of the machine of {@code docs/performance.md} (Zen 3, AVX2,
 * JDK 17), each from the section that is named. Another processor is faster or slower by a factor
 * that one run of {@code bench/peers} tells.
 */
final class Costs {
  /** "Draws": 335, 638 and 390 million float32 values a second. */
  static final double NORMAL = 1 / 335e6;

  static final double UNIFORM = 1 / 638e6;
  static final double TRUNCATED = 1 / 390e6;

  /** "Draws": 850 million words a second, each of which decides a place or is thrown away. */
  static final double WORD = 1 / 854e6;

  /** "Orthogonal matrices": 4096 x 4096 in blocks of 512 rows, 4/3 n^3 operations in 1.98 s. */
  static final double OPERATION = 1 / 46e9;

  /**
   * "Draws", its last lines: statistics 0.45 ns a value, encoding 0.12, CRC-32 0.45, CRC-32C 0.28
   * of the value and again of the file.
   */
  static final double ENCODE = 1.58e-9;

  /** The same for a value that is read and compared: two checks of the value, one of the file. */
  static final double COMPARE = 1.2e-9;

  /** Not measured by itself: some opening, forcing and renaming of a file on a local disk. */
  static final double TASK = 5e-3;

  /** Not measured by us: what is said of Spark's scheduler, about 1,000 tasks a second. */
  static final double LAUNCH = 1e-3;

  /** "A plan of 10^12 parameters": 69,181 tensors in some 7 s behind the start of a JVM, halved. */
  static final double TENSOR = 5e-5;

  /** "Writer": a process of 8 GiB takes 6 to 12 s more than its job. */
  static final double START = 6;

  /** "LSUV", depth 1,000: a layer of next to no work. */
  static final double LAYER = 0.031;

  /** "LSUV", ResNet-50: all layers take as long as so many plain forward passes. */
  static final double FORWARD_PASSES = 7.2;

  private Costs() {}
}
