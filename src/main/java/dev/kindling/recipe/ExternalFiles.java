package dev.kindling.recipe;

import dev.kindling.model.ExternalValues;
import java.nio.ByteBuffer;

/** Reads values that stand in a file. */
@FunctionalInterface
public interface ExternalFiles {
  /**
   * Returns the little-endian bytes of a tensor in its own element type, in index order.
   *
   * @throws dev.kindling.base.InputException if the file cannot be read or does not hold the tensor
   */
  ByteBuffer read(ExternalValues.InFile values);

  /**
   * Returns another checkpoint, open for reading by range.
   *
   * @param path absolute
   * @throws dev.kindling.base.InputException if it cannot be read or is none
   */
  default SourceReader open(String path) {
    throw new IllegalStateException("checkpoint '" + path + "' cannot be read here");
  }
}
