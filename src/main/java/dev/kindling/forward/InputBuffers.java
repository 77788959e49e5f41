package dev.kindling.forward;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Direct memory for the inputs of one run, kept for the next: the collector frees direct buffers
 * late, so a new one for every micro-batch would fill the memory.
 */
final class InputBuffers {
  private final Map<String, ByteBuffer> buffers = new HashMap<>();

  /** Returns an empty buffer of at least {@code bytes} bytes. */
  ByteBuffer of(String input, int bytes) {
    ByteBuffer buffer = buffers.get(input);
    if (buffer == null || buffer.capacity() < bytes) {
      buffer = DirectMemory.allocate(input, bytes);
      buffers.put(input, buffer);
    }
    return buffer.clear();
  }
}
