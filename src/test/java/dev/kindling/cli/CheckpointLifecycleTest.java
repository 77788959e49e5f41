package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.calibrate.LayerResult;
import dev.kindling.recipe.RecipeJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint is written, interrupted, resumed, replaced and damaged. */
class CheckpointLifecycleTest {
  private static final Path MODEL = Path.of("conf/models/digits-cnn.yaml");

  @TempDir Path folder;
  private Path out;
  private Path config;

  @BeforeEach
  void writeConfiguration() throws IOException {
    out = folder.resolve("out");
    config = folder.resolve("shapes.yaml");
    Files.writeString(
        folder.resolve("shapes.json"),
        """
        {"embed.weight": [1000, 64], "conv.weight": [8, 4, 3, 3], "conv.bias": [8],
         "up.weight": [256, 64], "up.bias": [256], "head.weight": [10, 256]}
        """);
    Files.writeString(
        config,
        """
        model: shapes.json
        seed: 5
        init: {rules: [{match: head.*, scheme: {orthogonal: {gain: 0.5}}}, {role: bias, scheme: ones}]}
        output: {path: %s, shard-bytes: 64KiB}
        """
            .formatted(out));
  }

  @Test
  void initWritesWhatPlanPlans() throws Exception {
    Path json = folder.resolve("recipe.json");
    Cli.Result planned = Cli.run("plan", config.toString(), "--json", json.toString()).isDone();
    Cli.Result written = init().isDone();

    Checkpoint checkpoint = new Checkpoint(out);
    assertThat(RecipeJson.parse(Files.readString(json), "plan")).isEqualTo(checkpoint.recipe());
    assertThat(written.lines()).containsAll(planned.lines().subList(2, 8));
    assertThat(checkpoint.manifest().tensors()).hasSize(6);
    assertThat(checkpoint.manifest().shards().size()).isGreaterThan(3);
    assertThat(checkpoint.manifest().calibrationJson()).isEmpty();
    checkpoint.hasTheStatisticsOfDuckDb();
    checkpoint.hasNoOtherFiles();
    Cli.run("verify", out.toString()).isDone();
  }

  @Test
  void anInterruptedRunGoesOn() throws IOException {
    init().isDone();
    Checkpoint whole = new Checkpoint(out);
    String digest = whole.manifest().digest();
    Map<String, FileTime> before = age();
    String lost = whole.manifest().shards().get(1).path();
    Files.delete(out.resolve("manifest.json"));
    Files.delete(out.resolve(lost));
    Path temporary = out.resolve(lost).getParent().resolve(".tmp");
    Files.createDirectories(temporary);
    Files.writeString(temporary.resolve("application_1-7-00001"), "half a shard");

    Cli.Result resumed = init().isDone();

    assertThat(resumed.out()).doesNotContain("complete already");
    Map<String, FileTime> after = times();
    before.remove(lost);
    before.remove("manifest.json");
    assertThat(after).containsAllEntriesOf(before).containsKey(lost);
    assertThat(Cli.digest(out.toString())).isEqualTo(digest);
    new Checkpoint(out).hasNoOtherFiles();
    Cli.run("verify", out.toString()).isDone();
  }

  @Test
  void aDamagedShardIsWrittenAgainOnResume() throws IOException {
    init().isDone();
    Checkpoint whole = new Checkpoint(out);
    String shard = whole.manifest().shards().get(2).path();
    Files.delete(out.resolve("manifest.json"));
    flip(out.resolve(shard), 100);
    init().isDone();
    assertThat(Cli.digest(out.toString())).isEqualTo(whole.manifest().digest());
    Cli.run("verify", out.toString()).isDone();
  }

  @Test
  void runAgainItSaysSo() throws IOException {
    Cli.Result first = init().isDone();
    Map<String, FileTime> before = age();
    Cli.Result again = init().isDone();
    assertThat(again.out()).contains("This checkpoint is complete already; nothing was written.");
    assertThat(again.lines()).containsAll(first.lines());
    assertThat(times()).isEqualTo(before);
  }

  /** What a run leaves that is killed after its manifest and before it has cleaned up. */
  @Test
  void runAgainItCleansUp() throws IOException {
    init().isDone();
    Checkpoint checkpoint = new Checkpoint(out);
    Path data = out.resolve("data").resolve(checkpoint.manifest().id());
    Files.createDirectories(data.resolve(".tmp"));
    Files.writeString(data.resolve(".tmp/application_1-7-00001"), "half a shard");
    Files.createDirectories(out.resolve("_run").resolve(checkpoint.manifest().runId()));
    init().isDone();
    checkpoint.hasNoOtherFiles();
  }

  @Test
  void anotherCheckpointIsReplacedOnlyOnRequest() throws IOException {
    init().isDone();
    Checkpoint first = new Checkpoint(out);
    Map<String, FileTime> before = age();
    init("--set", "seed=6")
        .isRefused(
            2,
            "Cannot write a checkpoint to '%s': it holds another checkpoint (id %s); choose another folder or give --overwrite"
                .formatted(out, first.manifest().id()));
    assertThat(times()).isEqualTo(before);

    init("--set", "seed=6", "--overwrite").isDone();
    Checkpoint second = new Checkpoint(out);
    assertThat(second.manifest().digest()).isNotEqualTo(first.manifest().digest());
    second.hasNoOtherFiles();
    Cli.run("verify", out.toString()).isDone();
  }

  @Test
  void verifyNamesWhatIsDamaged() throws IOException {
    init().isDone();
    Checkpoint checkpoint = new Checkpoint(out);
    String shard = checkpoint.manifest().shards().get(0).path();
    flip(out.resolve(shard), 2000);
    for (String[] command :
        List.of(
            new String[] {"verify", out.toString()},
            new String[] {"verify", "--bytes", out.toString()})) {
      Cli.Result result = Cli.run(command);
      assertThat(result.code()).isEqualTo(4);
      assertThat(result.err()).contains(shard).doesNotContain("\tat ");
      assertThat(result.out()).isEmpty();
    }
    Files.delete(out.resolve(shard));
    Cli.Result missing = Cli.run("verify", out.toString());
    assertThat(missing.code()).isEqualTo(4);
    assertThat(missing.err()).contains(shard);
  }

  @Test
  void verifyReadsTheManifestWithCare() throws IOException {
    init().isDone();
    flip(out.resolve("manifest.json"), 300);
    Cli.Result result = Cli.run("verify", out.toString());
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).hasLineCount(1).startsWith("Cannot read ").contains("manifest.json");
  }

  @Test
  void aDeadLayerIsNamed() throws IOException {
    String line = "Layer 'fc2' was left alone: its output does not vary";
    calibrate(MODEL, Digits.SOURCE, "fc2.weight");
    Cli.run("lsuv", config.toString(), "--strict").isRefused(3, line);
    assertThat(out).doesNotExist();

    Cli.Result result = Cli.run("lsuv", config.toString()).isDone();
    assertThat(result.err()).isEqualTo(line + System.lineSeparator());
    assertThat(result.out()).containsPattern("fc2 .* left alone: its output does not vary");
    List<LayerResult> layers = new Checkpoint(out).calibration().layers();
    assertThat(layers.get(5).leftAlone()).isEqualTo("its output does not vary");
    assertThat(layers.subList(0, 5)).noneMatch(LayerResult::isLeftAlone);
    new Checkpoint(out).hasNoOtherFiles();
  }

  /** So many layers that frontiers were written below the output. */
  @Test
  void aRefusedCalibrationLeavesNoFolder() throws IOException {
    String layers =
        IntStream.range(0, 22)
            .mapToObj(i -> "  - dense: {name: d%d, out: 16}\n  - relu\n".formatted(i))
            .collect(Collectors.joining());
    Path model = folder.resolve("deep.yaml");
    Files.writeString(model, "name: deep\ninput: {name: x, shape: [64]}\nlayers:\n" + layers);
    calibrate(model, Digits.SOURCE.replace("[1, 8, 8]", "[64]"), "d21.weight");
    Cli.run("lsuv", config.toString(), "--strict")
        .isRefused(3, "Layer 'd21' was left alone: its output does not vary");
    assertThat(out).doesNotExist();
  }

  private void calibrate(Path model, String data, String zeros) throws IOException {
    Files.writeString(
        config,
        """
        model: %s
        init: {rules: [{match: %s, scheme: zeros}]}
        lsuv: {data: %s, batch: 40, micro-batch: 16}
        output: {path: %s}
        """
            .formatted(model.toAbsolutePath(), zeros, data, out));
  }

  private Cli.Result init(String... options) {
    List<String> arguments = new ArrayList<>(List.of("init", config.toString()));
    arguments.addAll(Arrays.asList(options));
    return Cli.run(arguments.toArray(String[]::new));
  }

  /** Makes all files old, so that one that is written again shows, and returns their times. */
  private Map<String, FileTime> age() throws IOException {
    for (String file : times().keySet()) {
      Files.setLastModifiedTime(out.resolve(file), FileTime.fromMillis(1_000_000_000_000L));
    }
    return times();
  }

  private Map<String, FileTime> times() throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String file : Checkpoint.files(out)) {
      Path path = out.resolve(file);
      if (Files.isRegularFile(path)) {
        times.put(file, time(path));
      }
    }
    return times;
  }

  private static FileTime time(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void flip(Path file, int position) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[position] ^= 1;
    Files.write(file, bytes);
  }
}
