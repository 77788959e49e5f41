package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
  @Test
  void onlyMuchHasASpeed() {
    assertThat(ByteSize.inTime(336_592, 0.1)).isEqualTo("328.7 KiB in 0.1 s");
    assertThat(ByteSize.inTime(200L << 20, 0.4)).isEqualTo("200.0 MiB in 0.4 s");
    assertThat(ByteSize.inTime(1L << 30, 2)).isEqualTo("1.0 GiB in 2.0 s, 0.54 GB/s");
    assertThat(ByteSize.inTime(1L << 30, 200)).isEqualTo("1.0 GiB in 200.0 s, 0.01 GB/s");
  }
}
