package dev.kindling.base;

/** A checkpoint that differs from what its manifest or recipe says. Exit code 4. */
public final class VerificationException extends UserException {
  private static final long serialVersionUID = 1L;

  public VerificationException(String message) {
    this(message, null);
  }

  public VerificationException(String message, Throwable cause) {
    super(ExitCode.VERIFICATION, message, cause);
  }
}
