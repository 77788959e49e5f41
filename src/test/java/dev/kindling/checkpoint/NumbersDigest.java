package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import dev.kindling.model.NarrowFloats;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Digest of what other readers give, which see float32 (or float64) whatever a checkpoint's element
 * type is.
 */
final class NumbersDigest {
  private final ElementType dtype;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ByteBuffer one = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  NumbersDigest(ElementType dtype) {
    this.dtype = dtype;
  }

  void add(Number value) {
    one.clear();
    switch (dtype) {
      case F64 -> one.putDouble(value.doubleValue());
      case F16 -> one.putShort(NarrowFloats.toF16(value.floatValue()));
      case BF16 -> one.putShort(NarrowFloats.toBf16(value.floatValue()));
      default -> one.putFloat(value.floatValue());
    }
    bytes.write(one.array(), 0, one.position());
  }

  TensorDigest digest() {
    return TensorDigest.of(bytes.toByteArray(), 0, bytes.size());
  }
}
