package dev.kindling.checkpoint;

/** How far a verification goes. */
public enum VerifyMode {
  /** Every byte is read and held against the digests. */
  BYTES,
  /** Beside that every value is generated again and compared bit for bit. */
  VALUES
}
