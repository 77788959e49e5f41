package dev.kindling.model;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.Base64;
import java.util.Objects;

/**
 * Values that are not drawn but taken from elsewhere: they stand here, or in a file that holds them
 * under a name.
 */
public sealed interface ExternalValues extends Serializable {
  /** The largest number of bytes that are kept inline. */
  int MAX_INLINE_BYTES = 64 * 1024;

  /** Returns the CRC-32C of the little-endian bytes. */
  int crc32c();

  /**
   * Values that are small enough to stand in the recipe.
   *
   * @param base64 little-endian bytes in the tensor's element type, in index order
   */
  record Inline(String base64, int crc32c) implements ExternalValues {
    public Inline {
      Objects.requireNonNull(base64, "base64 is null");
      Base64.getDecoder().decode(base64);
    }
  }

  /**
   * Values in a file.
   *
   * @param path the file, absolute
   * @param tensor their name there
   */
  record InFile(String path, String tensor, int crc32c) implements ExternalValues {
    public InFile {
      Require.notBlank(path, "path");
      Require.notBlank(tensor, "tensor");
    }
  }
}
