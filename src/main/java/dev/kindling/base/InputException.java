package dev.kindling.base;

/**
 * A model, data set or other input that is bad, missing or unreadable; the message names file and
 * place. Exit code 3.
 */
public final class InputException extends UserException {
  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    this(message, null);
  }

  public InputException(String message, Throwable cause) {
    super(ExitCode.INPUT, message, cause);
  }
}
