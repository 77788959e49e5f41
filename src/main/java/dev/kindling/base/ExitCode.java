package dev.kindling.base;

/** How a command ends. The numbers are documented and never change. */
public enum ExitCode {
  DONE(0),
  /** A bug of ours: the only one that prints a stack trace. */
  OUR_FAULT(1),
  /** Usage or configuration, or the output exists or may not be written. */
  CONFIGURATION(2),
  /** Bad, missing or unreadable input. */
  INPUT(3),
  /** The checkpoint is not what its manifest says. */
  VERIFICATION(4),
  /** Not enough memory or disk, or a file system that failed under way. */
  RESOURCES(5);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** Returns the number given to the operating system. */
  public int number() {
    return number;
  }
}
