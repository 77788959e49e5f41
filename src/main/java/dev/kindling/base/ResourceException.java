package dev.kindling.base;

/** Memory, disk or a file system that gave out under way. Exit code 5. */
public final class ResourceException extends UserException {
  private static final long serialVersionUID = 1L;

  public ResourceException(String message) {
    this(message, null);
  }

  public ResourceException(String message, Throwable cause) {
    super(ExitCode.RESOURCES, message, cause);
  }
}
