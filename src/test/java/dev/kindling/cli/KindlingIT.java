package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job jar through spark-submit, as {@code jobs/kindling} starts it. */
class KindlingIT {
  private static final String QUICKSTART = "conf/quickstart.yaml";

  @TempDir Path folder;

  @Test
  void theMasterDoesNotMatter() {
    String inProcess = folder.resolve("in-process").toString();
    Cli.run("lsuv", QUICKSTART, "--out", inProcess).isDone();
    String digest = Cli.digest(inProcess);
    for (String master : List.of("local[1]", "local[2]")) {
      String out = folder.resolve(master).toString();
      Cli.Result run = kindling("lsuv", QUICKSTART, "--out", out, "--master", master).isDone();
      assertThat(run.lines().get(0)).startsWith("LSUV of 6 layers over 512 rows of ");
      assertThat(run.lines()).filteredOn(line -> line.contains("WARN")).isEmpty();
      assertThat(run.lines().get(run.lines().size() - 1)).endsWith("jobs/kindling inspect " + out);
      assertThat(Cli.digest(out)).isEqualTo(digest);
    }
    Cli.Result verified = kindling("verify", folder.resolve("local[2]").toString()).isDone();
    assertThat(verified.lines()).hasSize(2);
    assertThat(verified.out()).startsWith("Verified ").contains(digest);
  }

  @Test
  void exitCodesPassThrough() throws IOException {
    String out = folder.resolve("out").toString();
    assertRefused(2, "unknown key 'sed'", "init", QUICKSTART, "--out", out, "--set", "sed=1");
    assertRefused(3, "has only 1797", "lsuv", QUICKSTART, "--out", out, "--set", "lsuv.batch=5000");
    assertRefused(4, "it has no manifest.json", "verify", out);
    assertThat(Path.of(out)).doesNotExist();
  }

  /** Wherever the process dies, the same command ends with the same checkpoint. */
  @Test
  void aKilledRunGoesOn() throws Exception {
    Path config = largeModel();
    String undisturbed = folder.resolve("undisturbed").toString();
    long start = System.nanoTime();
    kindling("init", config.toString(), "--out", undisturbed).isDone();
    long nanos = System.nanoTime() - start;
    String digest = Cli.digest(undisturbed);
    int shards = new Checkpoint(Path.of(undisturbed)).manifest().shards().size();
    assertThat(shards).isGreaterThan(30);

    SplittableRandom random = new SplittableRandom(19);
    Path out = folder.resolve("killed");
    List<Integer> standing = new ArrayList<>();
    for (int kill = 0; kill < 3; kill++) {
      Process process = start("init", config.toString(), "--out", out.toString());
      process.waitFor((long) (nanos * (0.3 + 0.5 * random.nextDouble())), TimeUnit.NANOSECONDS);
      process.destroyForcibly().waitFor();
      standing.add(shards(out));
    }
    // What stood is kept, wherever it was when it died.
    assertThat(standing).isSorted();
    List<String> before = stamps(out);

    kindling("init", config.toString(), "--out", out.toString()).isDone();

    assertThat(stamps(out)).containsAll(before);
    assertThat(Cli.digest(out.toString())).isEqualTo(digest);
    new Checkpoint(out).hasNoOtherFiles();
    kindling("verify", out.toString()).isDone();
  }

  /** Some 100 MB in shards of 2 MiB. */
  private Path largeModel() throws IOException {
    String tensors =
        IntStream.range(0, 12)
            .mapToObj(i -> "\"layer%d.weight\": [2048, 1024]".formatted(i))
            .collect(Collectors.joining(", ", "{", "}"));
    Files.writeString(folder.resolve("large.json"), tensors);
    Path config = folder.resolve("large.yaml");
    Files.writeString(config, "model: large.json\nseed: 1\noutput: {shard-bytes: 2MiB}\n");
    return config;
  }

  private static int shards(Path out) throws IOException {
    return stamps(out).size();
  }

  /** Returns the finished shards with the times at which they were written. */
  private static List<String> stamps(Path out) throws IOException {
    List<String> stamps = new ArrayList<>();
    if (Files.exists(out)) {
      for (String file : Checkpoint.files(out)) {
        if (file.endsWith(".parquet")) {
          stamps.add(file + " " + Files.getLastModifiedTime(out.resolve(file)));
        }
      }
    }
    return stamps;
  }

  private void assertRefused(int code, String reason, String... arguments) {
    Cli.Result result = kindling(arguments);
    assertThat(result.code()).as(result.err()).isEqualTo(code);
    assertThat(result.err().lines().filter(line -> !line.startsWith("WARNING: Using incubator")))
        .singleElement()
        .asString()
        .contains(reason);
    assertThat(result.err()).doesNotContain("\tat ");
  }

  private Cli.Result kindling(String... arguments) {
    try {
      Process process = start(arguments);
      int code = process.waitFor();
      return new Cli.Result(code, text("stdout"), text("stderr"));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", "jobs/kindling"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(file("stdout"))
            .redirectError(file("stderr"))
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start();
  }

  private File file(String name) {
    return folder.resolve(name).toFile();
  }

  private String text(String name) throws IOException {
    return Files.readString(file(name).toPath(), StandardCharsets.UTF_8);
  }
}
