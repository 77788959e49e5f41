package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever a calibration dies, the same command ends with the same checkpoint. */
class KilledCalibrationTest {
  private static final String QUICKSTART = "conf/quickstart.yaml";
  private static final int LAYERS = 6;

  @TempDir Path folder;

  @Test
  void goesOnWhereItDied() throws Exception {
    String undisturbed = folder.resolve("undisturbed").toString();
    List<String> table = rows(Cli.run("lsuv", QUICKSTART, "--out", undisturbed).isDone().lines());
    assertThat(table).hasSize(LAYERS);

    SplittableRandom random = new SplittableRandom(23);
    Path out = folder.resolve("killed");
    int known = 0;
    for (int kill = 0; kill < 2; kill++) {
      int layer = known + 1 + random.nextInt(2);
      List<String> lines = killBehind(layer, "lsuv", QUICKSTART, "--out", out.toString());
      assertThat(lines.stream().filter(line -> line.endsWith(" known"))).hasSize(known);
      assertThat(out.resolve("manifest.json")).doesNotExist();
      known = layer;
    }
    Cli.Result result = Cli.run("lsuv", QUICKSTART, "--out", out.toString()).isDone();
    long replayed = result.lines().stream().filter(line -> line.endsWith(" known")).count();
    assertThat(replayed).isBetween((long) known, LAYERS - 1L);
    assertThat(rows(result.lines())).isEqualTo(table);
    assertThat(Cli.digest(out.toString())).isEqualTo(Cli.digest(undisturbed));
    new Checkpoint(out).hasNoOtherFiles();
  }

  /** Returns the rows of the table without their times. */
  private static List<String> rows(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains(" orthogonal "))
        .map(line -> line.replaceFirst(" +(\\d+\\.\\d+ s|known)$", ""))
        .toList();
  }

  /** Runs a command in a process of its own and kills it as soon as a layer's row is there. */
  private static List<String> killBehind(int layer, String... arguments) throws IOException {
    Process process = ForkedCli.start(List.of(), arguments);
    List<String> rows = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      while (rows.size() < layer) {
        String line = lines.readLine();
        assertThat(line).as("the command ended before it could be killed").isNotNull();
        if (line.contains(" orthogonal ")) {
          rows.add(line);
        }
      }
    } finally {
      process.destroyForcibly();
    }
    process.onExit().join();
    return rows;
  }
}
