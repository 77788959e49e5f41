package dev.kindling.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The element types that tensors of a model may have. */
public enum ElementType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether elements are floating-point numbers. */
  public boolean isFloat() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** Returns the name used in configuration, recipes and manifests: {@code f32}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the type with this label, or nothing. */
  public static Optional<ElementType> ofLabel(String label) {
    return Arrays.stream(values()).filter(type -> type.label().equals(label)).findFirst();
  }
}
