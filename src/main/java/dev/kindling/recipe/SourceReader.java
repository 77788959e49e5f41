package dev.kindling.recipe;

import dev.kindling.model.SourceTensor;
import java.nio.ByteBuffer;

/** Another checkpoint, open for reading by range. For one thread. */
@FunctionalInterface
public interface SourceReader {
  /**
   * Writes the bytes of some values, little-endian in the tensor's own type, from the buffer's
   * position up to its limit, which becomes its position.
   *
   * @param start flat index of the first value
   * @throws dev.kindling.base.InputException if they cannot be read, or the checkpoint has another
   *     tensor of this name
   */
  void read(SourceTensor tensor, long start, ByteBuffer target);
}
