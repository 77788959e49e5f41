package dev.kindling.datastart;

import dev.kindling.base.Require;
import java.util.Objects;

/**
 * Weights are directions among patches of what a layer reads.
 *
 * @param method what they are made of
 * @param patches number of patches wanted of a layer's input; a dense layer has one per row
 */
public record Directions(Method method, int patches) implements DataStart {
  /** Patches of a layer's input, unless stated. */
  public static final int DEFAULT_PATCHES = 10_000;

  /** Most patches of one row. */
  public static final int MOST_PER_ROW = 1 << 12;

  /** What magic_init gives outputs, so that few rectified units are dead. */
  private static final double MEAN = 0.1;

  public Directions {
    Objects.requireNonNull(method, "method is null");
    Require.positive(patches, "patches");
  }

  @Override
  public double mean() {
    return MEAN;
  }

  /**
   * Returns the number of patches that a row gives.
   *
   * @param wanted number wanted in all
   * @param rows number of rows
   * @param places number of places in a row that one can be cut at
   */
  public static int perRow(int wanted, long rows, long places) {
    long each = places == 1 ? 1 : (wanted + rows - 1) / rows;
    return (int) Math.min(MOST_PER_ROW, Math.max(1, each));
  }
}
