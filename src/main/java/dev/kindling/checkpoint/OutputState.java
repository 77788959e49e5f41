package dev.kindling.checkpoint;

import java.util.Optional;

/** What an output folder holds before a run begins. */
public sealed interface OutputState {
  /** Returns the id that the manifest there names, if it can be read. */
  default Optional<String> manifestId() {
    return Optional.empty();
  }

  /** Nothing, or no such folder. */
  record Empty() implements OutputState {}

  /**
   * Shards or a journal without a manifest, or with one whose shards are incomplete: the run goes
   * on where it ended.
   */
  record Interrupted(Optional<Manifest> manifest) implements OutputState {
    @Override
    public Optional<String> manifestId() {
      return manifest.map(Manifest::id);
    }
  }

  /** The checkpoint that the run would write, of the right file lengths: nothing is to be done. */
  record Complete(Manifest manifest) implements OutputState {
    @Override
    public Optional<String> manifestId() {
      return Optional.of(manifest.id());
    }
  }

  /** A checkpoint that the new one replaces; without a manifest if that was unreadable. */
  record Replaced(Optional<Manifest> manifest) implements OutputState {
    @Override
    public Optional<String> manifestId() {
      return manifest.map(Manifest::id);
    }
  }
}
