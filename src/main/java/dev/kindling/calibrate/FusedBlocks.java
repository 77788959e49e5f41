package dev.kindling.calibrate;

/** How the blocks of a fused matrix, such as queries, keys and values, are judged. */
public enum FusedBlocks {
  /** As one matrix. */
  TOGETHER,
  /** Each with a scale of its own. */
  SEPARATE
}
