package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job jar on a master, two workers and their executors, as {@code jobs/standalone} starts it.
 */
class StandaloneIT {
  @TempDir Path folder;

  /**
   * Two executors of one core with vector kernels, one of which dies, against one JVM with scalar
   * kernels, which draws every value again.
   */
  @Test
  void aClusterGivesTheBitsOfOneJvm() {
    Path config = ShapesModel.write(folder, 16, 1);
    Output out = new Store.LocalFiles(folder.toUri()).output("out");
    try (StandaloneSpark spark = StandaloneSpark.start(folder, 2)) {
      Submission init = spark.launch("init", config.toString(), "--out", out.uri());
      Program.await(() -> !out.shards().isEmpty() || !init.driver().isRunning());
      spark.executors().get(0).destroyForcibly();
      assertThat(init.isDone()).contains("16 tensors, 8,388,608 elements");
      out.isWholeAndAlone();
      Map<String, String> oneJvm = Map.of("spark.master", "local[2]");
      assertThat(spark.submit(oneJvm, "verify", out.uri(), "--kernels", "scalar").isDone())
          .contains("equal the recipe bit for bit, digest " + out.digest());
    }
  }
}
