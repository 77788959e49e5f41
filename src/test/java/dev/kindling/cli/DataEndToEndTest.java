package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says of data that are not as they should be, and what the manifest keeps. */
class DataEndToEndTest {
  @TempDir Path folder;

  /** The columns' types are inferred, which sends schemas around; Kryo knows them too. */
  @Test
  void badRowsAreSkippedCountedAndReported() throws IOException {
    Path data = folder.resolve("digits.csv");
    List<String> lines = new ArrayList<>(Digits.lines());
    lines.add(17, "cat" + lines.get(17).substring(lines.get(17).indexOf(',')));
    lines.add(0, Digits.header());
    Files.write(data, lines);
    Path out = folder.resolve("out");
    Cli.Result result =
        Cli.run(
                "lsuv",
                "conf/quickstart.yaml",
                "--out",
                out.toString(),
                "--set",
                "lsuv.data.path=" + data,
                "--set",
                "lsuv.data.bad-rows=skip",
                "--set",
                "lsuv.data.stratify=label",
                "--set",
                "lsuv.data.options={inferSchema: true}")
            .isDone();
    assertThat(result.err().lines().toList())
        .containsExactly(
            "Note: 1 of 1,798 rows of %s are bad and were left out, for example: Cannot read data in %s at column 'p0' of the row that begins 'cat, 0, 1, 8': expected a number, found 'cat'"
                .formatted(data, data));
    Checkpoint checkpoint = new Checkpoint(out);
    assertThat(checkpoint.calibration().skippedRows()).isEqualTo(1);
    assertThat(checkpoint.calibration().sampling().stratify()).isEqualTo("label");
    assertThat(checkpoint.calibration().sampling().pipeline()).isEmpty();
    assertThat(Files.readString(out.resolve("manifest.json")))
        .contains("\"skipped-rows\"", "\"stratify\"")
        .doesNotContain("\"pipeline\"");
  }
}
