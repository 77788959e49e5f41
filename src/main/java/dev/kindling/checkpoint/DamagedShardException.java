package dev.kindling.checkpoint;

import java.io.IOException;

/** A shard file that is not as it was written; the message names the file and what is wrong. */
public final class DamagedShardException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedShardException(String file, String reason) {
    this(file, reason, null);
  }

  DamagedShardException(String file, String reason, Throwable cause) {
    super("Cannot read shard '%s': %s".formatted(file, reason), cause);
  }
}
