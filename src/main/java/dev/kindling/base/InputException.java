package dev.kindling.base;

import java.util.List;

/**
 * A model, data set or other input that is bad, missing or unreadable; the message names file and
 * place. Holds all problems found, not only the first. Exit code 3.
 */
public final class InputException extends UserException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public InputException(String message) {
    this(message, null);
  }

  public InputException(String message, Throwable cause) {
    super(ExitCode.INPUT, message, cause);
    this.problems = List.of(message);
  }

  public InputException(List<String> problems) {
    super(ExitCode.INPUT, String.join(System.lineSeparator(), problems), null);
    this.problems = List.copyOf(problems);
  }

  @Override
  public List<String> problems() {
    return problems;
  }
}
