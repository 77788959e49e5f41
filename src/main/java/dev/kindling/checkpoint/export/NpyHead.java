package dev.kindling.checkpoint.export;

import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * The head of NumPy's {@code .npy}, version 1.0; the values follow in index order. Source: NumPy,
 * {@code numpy.lib.format}.
 */
final class NpyHead {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  /** Heads end at a multiple of this. */
  private static final int ALIGNMENT = 64;

  private NpyHead() {}

  /** Returns the element type that NumPy can hold: bfloat16 becomes float32, which is exact. */
  static ElementType dtype(ElementType dtype) {
    return dtype == ElementType.BF16 ? ElementType.F32 : dtype;
  }

  private static String description(ElementType dtype) {
    return switch (dtype) {
      case F64, F32, F16 -> "<f" + dtype.bytes();
      case I64, I32, I16 -> "<i" + dtype.bytes();
      case I8 -> "|i1";
      case U8 -> "|u1";
      case BOOL -> "|b1";
      case BF16 -> throw new IllegalArgumentException("NumPy has no bfloat16");
    };
  }

  /** Returns the head of a file of values of an element type that NumPy can hold. */
  static byte[] of(ElementType dtype, Shape shape) {
    String extents = shape.dims().stream().map(String::valueOf).collect(Collectors.joining(", "));
    String description =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(description(dtype), extents, shape.rank() == 1 ? "," : "");
    int length = MAGIC.length + Short.BYTES + description.length() + 1;
    int padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
    byte[] text = (description + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] head = new byte[MAGIC.length + Short.BYTES + text.length];
    System.arraycopy(MAGIC, 0, head, 0, MAGIC.length);
    head[MAGIC.length] = (byte) text.length;
    head[MAGIC.length + 1] = (byte) (text.length >>> Byte.SIZE);
    System.arraycopy(text, 0, head, MAGIC.length + Short.BYTES, text.length);
    return head;
  }
}
