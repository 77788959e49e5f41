package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.kindling.recipe.PerChannel;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
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

  /** Returns a scale as a tensor: one number, or one per channel. */
  OnnxTensor scale(String input, PerChannel scale) throws OrtException {
    int count = scale.values().size();
    FloatBuffer numbers = of(input, count * Float.BYTES).asFloatBuffer();
    scale.values().forEach(number -> numbers.put(number.floatValue()));
    long[] shape = scale.isUniform() ? new long[0] : new long[] {count};
    return OnnxTensor.createTensor(OnnxRuntime.environment(), numbers.flip(), shape);
  }
}
