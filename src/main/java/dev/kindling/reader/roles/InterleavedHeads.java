package dev.kindling.reader.roles;

import java.util.List;

/** Reads from a shape that every head has its own queries, keys and values of one width. */
final class InterleavedHeads {
  private static final int PARTS = 3;

  private InterleavedHeads() {}

  /**
   * Returns the heads of a layer whose output is reshaped to {@code [.., heads, 3 width]}
   * (GPT-NeoX) or {@code [.., heads, 3, width]} (BLOOM), or 0 if that is not its shape.
   *
   * @param tail the last extents of the shape; the heads may be -1 there
   * @param outputs of the layer
   */
  static long in(List<Long> tail, long outputs) {
    int rank = tail.size();
    if (rank < 2) {
      return 0;
    }
    long last = tail.get(rank - 1);
    boolean apart = rank >= PARTS && tail.get(rank - 2) == PARTS;
    long head = apart ? PARTS * last : last;
    long stated = tail.get(apart ? rank - 3 : rank - 2);
    boolean divides = head > 0 && head % PARTS == 0 && head < outputs && outputs % head == 0;
    return divides && (stated == -1 || stated == outputs / head) ? outputs / head : 0;
  }
}
