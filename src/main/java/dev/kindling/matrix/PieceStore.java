package dev.kindling.matrix;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Keeps pieces of factors so that they need not be computed twice: in files next to the output, on
 * executors. A piece that is lost is computed again to the same bits, so a store may forget.
 */
public interface PieceStore {
  /** Keeps nothing. */
  PieceStore NONE =
      new PieceStore() {
        @Override
        public Optional<ByteBuffer> load(String name) {
          return Optional.empty();
        }

        @Override
        public void save(String name, ByteBuffer bytes) {}
      };

  /**
   * Returns the bytes of a piece, from the buffer's position to its limit, if they are there whole.
   *
   * @param name letters, digits and hyphens; it stands for all that decides the content
   */
  Optional<ByteBuffer> load(String name);

  /** Keeps the bytes of a piece; another attempt may save the same at the same time. */
  void save(String name, ByteBuffer bytes);
}
