package dev.kindling.recipe;

import dev.kindling.model.ElementType;
import dev.kindling.model.NarrowFloats;
import dev.kindling.model.SourceTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values of other checkpoints. They are read in small chunks, several at once where they are read
 * in order, and the last ones stay: memory is {@link #MOST_CHUNKS} of them at most. For one thread.
 */
final class SourceValues {
  static final int CHUNK_BYTES = 64 << 10;
  static final int MOST_CHUNKS = 1024;
  private static final int CHUNKS_AHEAD = 64;
  private static final int PIECE = 4096;

  private final ExternalFiles files;
  private final Map<String, SourceReader> readers = new HashMap<>();
  private final double[] piece = new double[PIECE];
  private final Map<Chunk, ByteBuffer> chunks =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Chunk, ByteBuffer> eldest) {
          return size() > MOST_CHUNKS;
        }
      };

  /** Bytes of a tensor, counted in chunks from its first. */
  private record Chunk(String path, String tensor, long number) {}

  SourceValues(ExternalFiles files) {
    this.files = files;
  }

  /** Writes values of a tensor, rounded to the type of the target. */
  void fill(SourceTensor tensor, long start, Target target) {
    for (int done = 0; done < target.length(); done += PIECE) {
      int count = Math.min(PIECE, target.length() - done);
      read(tensor, start + done, piece, count);
      target.putAll(done, piece, count);
    }
  }

  /** Writes values of a tensor, each exact. */
  void read(SourceTensor tensor, long start, double[] values, int count) {
    int perChunk = CHUNK_BYTES / tensor.type().bytes();
    int done = 0;
    while (done < count) {
      long index = start + done;
      int within = (int) (index % perChunk);
      int length = Math.min(perChunk - within, count - done);
      decode(tensor.type(), chunk(tensor, index / perChunk), within, values, done, length);
      done += length;
    }
  }

  private ByteBuffer chunk(SourceTensor tensor, long number) {
    Chunk key = new Chunk(tensor.path(), tensor.name(), number);
    ByteBuffer found = chunks.get(key);
    if (found != null) {
      return found;
    }
    boolean inOrder =
        number == 0 || chunks.containsKey(new Chunk(tensor.path(), tensor.name(), number - 1));
    load(tensor, number, inOrder ? CHUNKS_AHEAD : 1);
    return chunks.get(key);
  }

  private void load(SourceTensor tensor, long first, int most) {
    long total = tensor.shape().elementCount() * tensor.type().bytes();
    long from = first * CHUNK_BYTES;
    int length = (int) Math.min((long) most * CHUNK_BYTES, total - from);
    ByteBuffer bytes = ByteBuffer.allocate(length);
    SourceReader reader = readers.computeIfAbsent(tensor.path(), files::open);
    reader.read(tensor, from / tensor.type().bytes(), bytes);
    // Backwards, so that those that are read next are the last to go.
    for (int at = (length - 1) / CHUNK_BYTES * CHUNK_BYTES; at >= 0; at -= CHUNK_BYTES) {
      byte[] own = new byte[Math.min(CHUNK_BYTES, length - at)];
      bytes.get(at, own);
      chunks.put(
          new Chunk(tensor.path(), tensor.name(), first + at / CHUNK_BYTES),
          ByteBuffer.wrap(own).order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  private static void decode(
      ElementType type, ByteBuffer bytes, int from, double[] values, int offset, int count) {
    switch (type) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = bytes.getFloat((from + i) * Float.BYTES);
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = bytes.getDouble((from + i) * Double.BYTES);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = NarrowFloats.ofF16(bytes.getShort((from + i) * Short.BYTES));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = NarrowFloats.ofBf16(bytes.getShort((from + i) * Short.BYTES));
        }
      }
      case I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(type.label() + " is no floating-point type");
    }
  }
}
