package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MainTest {

  @Test
  void versionIsDone() {
    assertThat(Main.run("--version")).isZero();
  }

  @Test
  void unknownOptionIsUsage() {
    assertThat(Main.run("--no-such-option")).isEqualTo(2);
  }
}
