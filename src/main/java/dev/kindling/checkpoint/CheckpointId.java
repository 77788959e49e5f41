package dev.kindling.checkpoint;

import dev.kindling.base.Sha256;

/**
 * The id of a checkpoint's data: it hashes all that decides the bytes of its shards.
 *
 * <p><b>Formula.</b> The first 8 bytes, as 16 lower-case hexadecimal digits, of the SHA-256 of
 * these lines in UTF-8, each ended by LF: the final recipe as compact JSON, dtype, shard bytes,
 * encoding, codec, codec level, row group bytes, page bytes, writer version.
 */
public final class CheckpointId {
  /** Version of what writes shards; it changes whenever their bytes do. */
  public static final String WRITER_VERSION = "1";

  private CheckpointId() {}

  /**
   * Returns the id.
   *
   * @param recipeJson the final recipe; white space does not count
   * @throws IllegalArgumentException if it is not JSON
   */
  public static String of(String recipeJson, CheckpointLayout layout) {
    String text =
        String.join(
            "\n",
            Json.canonical(recipeJson),
            layout.dtype().label(),
            String.valueOf(layout.shardBytes()),
            layout.encoding().label(),
            layout.codec().label(),
            String.valueOf(layout.codecLevel()),
            String.valueOf(layout.rowGroupBytes()),
            String.valueOf(layout.pageBytes()),
            WRITER_VERSION,
            "");
    return Sha256.id(text);
  }
}
