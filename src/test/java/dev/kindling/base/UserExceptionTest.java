package dev.kindling.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UserExceptionTest {
  @Test
  void exitCodesAreTheDocumentedOnes() {
    assertThat(new ConfigurationException("c").exitCode().number()).isEqualTo(2);
    assertThat(new InputException("i").exitCode().number()).isEqualTo(3);
    assertThat(new VerificationException("v").exitCode().number()).isEqualTo(4);
    assertThat(new ResourceException("r").exitCode().number()).isEqualTo(5);
    assertThat(ExitCode.DONE.number()).isZero();
    assertThat(ExitCode.OUR_FAULT.number()).isEqualTo(1);
  }

  @Test
  void configurationHoldsAllProblems() {
    ConfigurationException exception = new ConfigurationException(List.of("first", "second"));
    assertThat(exception.problems()).containsExactly("first", "second");
    assertThat(exception).hasMessage("first" + System.lineSeparator() + "second");
  }

  @Test
  void othersHoldOne() {
    Exception cause = new Exception("why");
    InputException exception = new InputException("what", cause);
    assertThat(exception.problems()).containsExactly("what");
    assertThat(exception).hasCause(cause);
  }
}
