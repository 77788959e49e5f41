package dev.kindling.checkpoint;

/** What to do with a checkpoint that is in the way. */
public enum ExistingOutput {
  /** Leave it and end with exit code 2. */
  REFUSE,
  /** Keep it readable until the new manifest replaces it. */
  OVERWRITE
}
