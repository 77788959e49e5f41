package dev.kindling.base;

import java.util.List;

/**
 * Usage or configuration that cannot be carried out; holds all problems found, not only the first.
 * Exit code 2.
 */
public final class ConfigurationException extends UserException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public ConfigurationException(String problem) {
    this(List.of(problem));
  }

  public ConfigurationException(List<String> problems) {
    super(ExitCode.CONFIGURATION, String.join(System.lineSeparator(), problems), null);
    this.problems = List.copyOf(problems);
  }

  @Override
  public List<String> problems() {
    return problems;
  }
}
