package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formulas of {@code docs/orthogonal.md}: so much heap does, half of it does not. */
class TaskMemoryTest {
  private static final long MIB = 1 << 20;

  /** Of float32. */
  private static final long BYTES = 4;

  /** Room for what is no matrix: Hadoop, the kernels, classes. */
  private static final long BASE = 32 * MIB;

  /** Part of the heap that large arrays cannot use. */
  private static final long YOUNG = 6 * MIB;

  @TempDir Path folder;

  @Test
  void rowsOfAWideMatrix() throws Exception {
    // Kept blocks of such a matrix have 2^24 elements.
    long need = wide(256, 65536);
    assertThat(need).isLessThan(BYTES * 800 * 65536);
    assertThat(run(need, 800, 65536, 200, 400)).isZero();
    assertThat(run(need / 2, 800, 65536, 200, 400)).isNotZero();
  }

  @Test
  void piecesAndRowsOfATallMatrix() throws Exception {
    long need = LongStream.of(sums(2100), solving(2100), tall(512, 2100)).max().orElseThrow();
    assertThat(run(need, 4200, 2100, 0, 512)).isZero();
    assertThat(run(need / 2, 4200, 2100, 0, 512)).isNotZero();
  }

  /** Heap for b rows of C columns where there are no more rows than columns. */
  private static long wide(long b, long c) {
    long arrays = BYTES * (2 * b * c + 96 * (c + 16) + 2 * 96 * b + 512 * 96 + 96 * 96);
    return arrays * 32 / 31;
  }

  private static long sums(long c) {
    long w = Math.min(c, 2048);
    return 24 * w * w;
  }

  private static long solving(long c) {
    long w = Math.min(c, 2048);
    return BYTES * 512 * c + 16 * w * w + (8 + BYTES) * 512 * w;
  }

  private static long tall(long b, long c) {
    return BYTES * (b * c + 512 * (c + 16) + 512 * 512 + c * c / 2 + 3 * 256 * c);
  }

  /** Returns the exit code of a task with so much heap. */
  private int run(long need, int... numbers) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xmn" + YOUNG,
            "-Xms" + (need + BASE + YOUNG),
            "-Xmx" + (need + BASE + YOUNG),
            "-cp",
            System.getProperty("java.class.path"),
            SmallHeapTask.class.getName(),
            folder.resolve("pieces" + need).toUri().toString()));
    for (int number : numbers) {
      command.add(String.valueOf(number));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    int code = process.waitFor();
    assertThat(output)
        .as("exit code %d", code)
        .matches(text -> code == 0 || text.contains("OutOfMemoryError"));
    return code;
  }
}
