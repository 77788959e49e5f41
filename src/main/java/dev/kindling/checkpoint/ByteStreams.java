package dev.kindling.checkpoint;

/**
 * Parquet's BYTE_STREAM_SPLIT: the first bytes of all values, then their second bytes, and so on.
 */
final class ByteStreams {
  private ByteStreams() {}

  /** Writes values of {@code width} bytes each, from the front of an array, as streams. */
  static void split(byte[] values, byte[] streams, int offset, int count, int width) {
    for (int k = 0; k < width; k++) {
      int stream = offset + k * count;
      for (int i = 0; i < count; i++) {
        streams[stream + i] = values[i * width + k];
      }
    }
  }

  /** Writes streams as values of {@code width} bytes each to the front of an array. */
  static void join(byte[] streams, int offset, byte[] values, int count, int width) {
    for (int k = 0; k < width; k++) {
      int stream = offset + k * count;
      for (int i = 0; i < count; i++) {
        values[i * width + k] = streams[stream + i];
      }
    }
  }
}
