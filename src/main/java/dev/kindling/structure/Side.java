package dev.kindling.structure;

import java.util.Locale;

/** The part of a Transformer that something belongs to. */
public enum Side {
  ENCODER,
  DECODER,
  /** There is one stack only, and nothing says which of both it is. */
  SINGLE;

  /** Returns the word that messages use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
