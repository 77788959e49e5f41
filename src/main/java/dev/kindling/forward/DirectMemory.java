package dev.kindling.forward;

import dev.kindling.base.ResourceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap, which ONNX Runtime reads without another copy. */
final class DirectMemory {
  private DirectMemory() {}

  /** Returns memory for a tensor, or says for which tensor there is none left. */
  static ByteBuffer allocate(String tensor, int bytes) {
    try {
      return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    } catch (OutOfMemoryError e) {
      throw new ResourceException(
          "Cannot load tensor '%s': not enough direct memory for its %d bytes, give the JVM more heap or a larger -XX:MaxDirectMemorySize"
              .formatted(tensor, bytes),
          e);
    }
  }
}
