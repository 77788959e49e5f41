package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.checkpoint.Manifest;
import java.io.IOException;
import java.nio.file.Path;
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
  private static Site<Hdfs> site;
  private static Path shapes;

  @BeforeAll
  static void start() {
    shapes = ShapesModel.write(folder, 12, 1);
    site = Site.start(folder, work -> Hdfs.start(work, 1, 1));
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  @Test
  void noSpaceLeft() throws IOException {
    Output out = site.output("full");
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

  /** A disk that two checkpoints do not fit, then one that nobody may write. */
  @Test
  void noSpaceLeftOnADisk() {
    try (SmallDisk disk = SmallDisk.mount(StandaloneSpark.folder(folder, "disk"), 40)) {
      Output out = new Store.LocalFiles(disk.folder().toUri()).output("out");
      init(out, Map.of()).isDone();
      Manifest first = out.manifest();
      assertThat(init(out, Map.of(), "--set", "seed=2", "--overwrite").isRefused(5))
          .startsWith("Cannot write shard 'data/")
          .endsWith("No space left on device");
      assertThat(out.manifest()).isEqualTo(first);
      out.hasShardsOf(first);
      disk.remount("size=100m");
      init(out, Map.of(), "--set", "seed=2", "--overwrite").isDone();
      out.isWholeAndAlone();
      disk.remount("ro");
      assertThat(init(out, Map.of(), "--set", "seed=3", "--overwrite").isRefused(2))
          .startsWith("Cannot write a checkpoint to '")
          .contains("Read-only file system");
      out.isWholeAndAlone();
    }
  }

  @Test
  void permissionDenied() throws IOException {
    Output out = site.output("private/out");
    dfs(out).mkdirs(out.files().out().getParent(), new FsPermission((short) 0755));
    String line =
        site.spark()
            .submitAs(
                "stranger",
                site.store().spark(),
                Site.initArguments(shapes, out).toArray(String[]::new))
            .isRefused(2);
    assertThat(line).startsWith("Cannot write a checkpoint to '").contains("Permission denied");
    assertThat(out.below(out.files().out().getParent())).isEmpty();
  }

  @Test
  void readOnly() throws IOException {
    Output out = site.output("read-only");
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

  /** 200 MB of activations for each micro-batch do not fit what an executor has here. */
  @Test
  void anExecutorHasTooLittleMemory() {
    Output out = site.output("memory");
    Path config =
        DigitsModel.write(
            folder,
            "wide",
            512,
            """
              - conv2d: {name: conv1, out: 1536, kernel: 3, padding: same}
              - relu
              - conv2d: {name: conv2, out: 16, kernel: 3, padding: same}
              - flatten
              - dense: {name: fc, out: 10}
            """);
    String line =
        site.submit(
                Map.of("spark.executor.memory", "480m"),
                List.of("lsuv", config.toString(), "--no-report", "--out", out.uri()))
            .isRefused(5);
    assertThat(line).contains("--executor-memory").contains("lsuv.micro-batch");
    assertThat(out.shards()).isEmpty();
  }

  private static DistributedFileSystem dfs(Output out) {
    return (DistributedFileSystem) out.files().fileSystem();
  }

  private static Submission init(Output out, Map<String, String> settings, String... options) {
    return site.init(shapes, out, settings, options);
  }
}
