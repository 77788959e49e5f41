package dev.kindling.spark;

import dev.kindling.matrix.PieceStore;
import java.io.Serializable;

/** Where tasks find pieces of factors. */
interface PieceSource extends Serializable {
  /** Nowhere: every executor computes what it needs. */
  PieceSource NONE = () -> PieceStore.NONE;

  /** Returns the store for the running task. */
  PieceStore open();
}
