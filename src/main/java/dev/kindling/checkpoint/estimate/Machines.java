package dev.kindling.checkpoint.estimate;

import dev.kindling.base.Require;

/**
 * The machines that a command runs on.
 *
 * @param executors number of executors
 * @param cores cores of each, one task a core
 * @param diskBytesPerSecond what one executor writes to the output while all of them do, replicas
 *     and the way there included; reading is taken to be as fast
 */
public record Machines(int executors, int cores, double diskBytesPerSecond) {
  private static final long MAX_SLOTS = 1_000_000;

  public Machines {
    Require.positive(executors, "number of executors");
    Require.positive(cores, "number of cores");
    Require.positive(diskBytesPerSecond, "speed of the disk");
    if ((long) executors * cores > MAX_SLOTS) {
      throw new IllegalArgumentException(
          "number of executors times cores is %d (expected at most %d)"
              .formatted((long) executors * cores, MAX_SLOTS));
    }
  }

  /** Returns how many tasks run at once. */
  public int slots() {
    return executors * cores;
  }
}
