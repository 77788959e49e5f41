package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.checkpoint.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An output that cannot be written, or not to the end: one line, the right exit code, and an
 * earlier checkpoint stays as it was. What stands of the new one is shards that another run goes on
 * with.
 */
@Tag("cluster")
class OutputFaultsIT {
  @TempDir static Path folder;
  private static StandaloneSpark spark;
  private static Hdfs hdfs;
  private static Path shapes;

  @BeforeAll
  static void start() {
    spark = StandaloneSpark.start(StandaloneSpark.folder(folder, "spark"), 2);
    hdfs = Hdfs.start(StandaloneSpark.folder(folder, "hdfs"), 1, 1);
    shapes = ShapesModel.write(folder, 12, 1);
  }

  @AfterAll
  static void stop() {
    hdfs.close();
    spark.close();
  }

  @Test
  void noSpaceLeft() throws IOException {
    Output out = hdfs.output("full");
    init(out, Map.of()).isDone();
    Manifest first = out.manifest();
    // Room for less than half of a second checkpoint, in blocks of the least size.
    dfs(out).setQuota(out.files().out(), HdfsConstants.QUOTA_DONT_SET, first.lengthBytes() * 3 / 2);
    Map<String, String> blocks = Map.of("spark.hadoop.dfs.blocksize", "1m");
    assertThat(init(out, blocks, "--set", "seed=2", "--overwrite").isRefused(5))
        .contains("shard 'data/")
        .contains("quota");
    assertThat(out.manifest()).isEqualTo(first);
    // With room the same command goes on, and nothing is left of its failure.
    dfs(out).setQuota(out.files().out(), HdfsConstants.QUOTA_RESET, HdfsConstants.QUOTA_RESET);
    init(out, blocks, "--set", "seed=2", "--overwrite").isDone();
    out.isWholeAndAlone();
  }

  @Test
  void permissionDenied() throws IOException {
    Output out = hdfs.output("private/out");
    dfs(out).mkdirs(out.files().out().getParent(), new FsPermission((short) 0755));
    String line = spark.submitAs("stranger", hdfs.spark(), arguments(out)).isRefused(2);
    assertThat(line).startsWith("Cannot write a checkpoint to '").contains("Permission denied");
    assertThat(out.below(out.files().out().getParent())).isEmpty();
  }

  @Test
  void readOnly() throws IOException {
    Output out = hdfs.output("read-only");
    init(out, Map.of()).isDone();
    dfs(out).setSafeMode(SafeModeAction.ENTER);
    try {
      assertThat(init(out, Map.of(), "--set", "seed=2", "--overwrite").isRefused(2))
          .startsWith("Cannot write a checkpoint to '")
          .contains("safe mode");
    } finally {
      dfs(out).setSafeMode(SafeModeAction.LEAVE);
    }
    out.isWholeAndAlone();
  }

  @Test
  void theFileSystemGoes() {
    try (Hdfs mortal = Hdfs.start(StandaloneSpark.folder(folder, "mortal"), 1, 1)) {
      Output out = mortal.output("out");
      Map<String, String> settings = new HashMap<>();
      // Otherwise the client tries 45 times, for some minutes.
      settings.put("spark.hadoop.ipc.client.connect.max.retries", "2");
      settings.put("spark.hadoop.ipc.client.connect.max.retries.on.timeouts", "2");
      Submission init = init(out, settings);
      Program.await(() -> !out.shards().isEmpty() || !init.driver().isRunning());
      mortal.killNameNode();
      assertThat(init.isRefused(5)).startsWith("Cannot ").contains("Connection refused");
    }
  }

  /** 60 MB of activations for each micro-batch do not fit what an executor has here. */
  @Test
  void anExecutorHasTooLittleMemory() throws IOException {
    Output out = hdfs.output("memory");
    Path config = folder.resolve("wide.yaml");
    Files.writeString(
        folder.resolve("wide-model.yaml"),
        """
        name: wide
        input: {name: image, shape: [1, 8, 8]}
        layers:
          - conv2d: {name: conv1, out: 512, kernel: 3, padding: same}
          - relu
          - conv2d: {name: conv2, out: 16, kernel: 3, padding: same}
          - flatten
          - dense: {name: fc, out: 10}
        """);
    Files.writeString(
        config,
        Files.readString(Path.of("conf/quickstart.yaml"))
            .replace("models/digits-cnn.yaml", "wide-model.yaml")
            .replace("data/digits.csv", Path.of("conf/data/digits.csv").toAbsolutePath().toString())
            .replace("micro-batch: 32", "micro-batch: 512"));
    Map<String, String> settings = new HashMap<>(hdfs.spark());
    settings.put("spark.executor.memory", "480m");
    String line =
        spark
            .submit(settings, "lsuv", config.toString(), "--no-report", "--out", out.uri())
            .isRefused(5);
    assertThat(line).contains("--executor-memory").contains("lsuv.micro-batch");
    assertThat(out.shards()).isEmpty();
  }

  private static DistributedFileSystem dfs(Output out) {
    return (DistributedFileSystem) out.files().fileSystem();
  }

  private static Submission init(Output out, Map<String, String> settings, String... options) {
    Map<String, String> all = new HashMap<>(hdfs.spark());
    all.putAll(settings);
    return spark.submit(all, arguments(out, options));
  }

  private static String[] arguments(Output out, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of("init", shapes.toString(), "--out", out.uri(), "--kernels", "scalar"));
    arguments.addAll(List.of(options));
    return arguments.toArray(String[]::new);
  }
}
