package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorsTest {
  private final Processors processors = new Processors("amd64 fma avx2");

  @Test
  void oneTypeIsNothingToSay() {
    assertThat(processors.note(List.of())).isEmpty();
    assertThat(processors.note(List.of("amd64 fma avx2", "amd64 fma avx2"))).isEmpty();
  }

  @Test
  void severalAreSaidOnce() {
    assertThat(processors.note(List.of("amd64 fma avx2", "aarch64 asimd")))
        .contains(
            "Note: processors differ (aarch64 asimd; amd64 fma avx2): scales may differ in their last bits from those of a run where tasks fall elsewhere");
    assertThat(processors.note(List.of("amd64 fma avx2 avx512f"))).isEmpty();
  }
}
