package dev.kindling.random;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes the words of a stream to standard output without end, for batteries of tests such as
 * dieharder.
 */
public final class RawStream {
  private static final int TILES = 1024;

  private RawStream() {}

  /**
   * Writes until the reader has had enough.
   *
   * @param arguments seed and tensor name
   */
  public static void main(String[] arguments) {
    Stream stream = Stream.of(Long.parseLong(arguments[0]), arguments[1], Stream.Purpose.ELEMENTS);
    ByteBuffer bytes =
        ByteBuffer.allocate(TILES * Stream.TILE_WORDS * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    int[] words = new int[Stream.TILE_WORDS];
    // Not System.out, which swallows the error that ends this.
    try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      for (long tile = 0; ; tile++) {
        stream.tile(tile, words);
        bytes.asIntBuffer().put(words);
        bytes.position(bytes.position() + words.length * Integer.BYTES);
        if (!bytes.hasRemaining()) {
          out.write(bytes.array());
          bytes.clear();
        }
      }
    } catch (IOException e) {
      // The reader has closed its end.
    }
  }
}
