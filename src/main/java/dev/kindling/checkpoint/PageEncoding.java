package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How pages hold values. */
public enum PageEncoding {
  /** One value after the other: float32 and float64. Every reader knows it. */
  PLAIN,
  /**
   * First bytes of all values, then second bytes, and so on: float32 and float64. Compresses
   * better; Spark 4.1 reads it only without its vectorised reader.
   */
  BYTE_STREAM_SPLIT,
  /**
   * Numbers of a dictionary of float32: float16 and bfloat16, of which there are at most 65,536
   * values. Every reader knows it.
   */
  DICTIONARY;

  /** Returns the name used in configuration and manifests. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the encoding with this label, or nothing. */
  public static Optional<PageEncoding> ofLabel(String label) {
    return Arrays.stream(values()).filter(known -> known.label().equals(label)).findFirst();
  }

  /** Returns the encoding of an element type unless configured. */
  public static PageEncoding defaultOf(ElementType dtype) {
    return dtype.bytes() == Short.BYTES ? DICTIONARY : PLAIN;
  }

  /** Returns whether values of an element type can be held so. */
  public boolean holds(ElementType dtype) {
    return (dtype.bytes() == Short.BYTES) == (this == DICTIONARY);
  }
}
