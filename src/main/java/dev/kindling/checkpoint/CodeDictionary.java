package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The 16-bit values that occur somewhere, in the order of their unsigned bits. */
final class CodeDictionary {
  private static final int CODES = 1 << Short.SIZE;
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final char[] codes;
  private final char[] indexOf = new char[CODES];

  private CodeDictionary(char[] codes) {
    this.codes = codes;
    for (int i = 0; i < codes.length; i++) {
      indexOf[codes[i]] = (char) i;
    }
  }

  /** Returns the dictionary of some values, at least one, that stand at the front of an array. */
  static CodeDictionary of(byte[] bytes, int count) {
    boolean[] occurs = new boolean[CODES];
    for (int i = 0; i < count; i++) {
      occurs[code(bytes, i * Short.BYTES)] = true;
    }
    char[] codes = new char[CODES];
    int size = 0;
    for (int code = 0; code < CODES; code++) {
      if (occurs[code]) {
        codes[size++] = (char) code;
      }
    }
    return new CodeDictionary(Arrays.copyOf(codes, size));
  }

  /** Returns the bits of a value as an unsigned number. */
  static int code(byte[] bytes, int offset) {
    return (short) SHORTS.get(bytes, offset) & 0xFFFF;
  }

  int size() {
    return codes.length;
  }

  /** Returns the place of a value that occurs. */
  int indexOf(int code) {
    return indexOf[code];
  }

  /** Returns the values as Parquet's dictionary page has them. */
  byte[] floats(ElementType dtype) {
    ByteBuffer bytes =
        ByteBuffer.allocate(codes.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (char code : codes) {
      bytes.putFloat(NarrowPiece.widened(dtype, (short) code));
    }
    return bytes.array();
  }
}
