package dev.kindling.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownNameExceptionTest {
  @ParameterizedTest
  @CsvSource({"max-pases, max-passes", "Max-Passes, max-passes", "bach, batch", "BATCH, batch"})
  void offersTheNearest(String found, String nearest) {
    assertThat(new UnknownNameException("key", found, List.of("batch", "max-passes")))
        .hasMessage("unknown key '%s', did you mean '%s'?", found, nearest);
  }

  @ParameterizedTest
  @CsvSource({"tolerance", "x", "''"})
  void listsAllWhenNoneIsNear(String found) {
    assertThat(new UnknownNameException("key", found, List.of("batch", "max-passes")))
        .hasMessage("unknown key '%s' (expected one of batch, max-passes)", found);
  }
}
