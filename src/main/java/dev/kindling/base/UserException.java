package dev.kindling.base;

import java.util.List;

/**
 * A problem that the user can mend: printed as one line per problem, without a stack trace, and
 * turned into an exit code. A message reads {@code Cannot <verb> <thing> '<name>' [in <file> at
 * <place>]: <reason> (expected <x>, found <y>)}.
 */
public abstract sealed class UserException extends RuntimeException
    permits ConfigurationException, InputException, VerificationException, ResourceException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  UserException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Returns the exit code that a command ends with. */
  public final ExitCode exitCode() {
    return exitCode;
  }

  /** Returns the problems, one line each. */
  public List<String> problems() {
    return List.of(getMessage());
  }
}
