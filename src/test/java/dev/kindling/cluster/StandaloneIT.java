package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job jar on a master, two workers and their executors. */
class StandaloneIT {
  @TempDir Path folder;

  /** Executors of one core with vector kernels, all of which die once, against scalar ones. */
  @Test
  void aClusterGivesTheBitsOfOneJvm() throws IOException {
    Path config = ShapesModel.write(folder, 16, 1);
    Output local = output("local");
    Output cluster = output("cluster");
    try (StandaloneSpark spark = StandaloneSpark.start(folder, 2)) {
      spark
          .submit(
              Map.of("spark.master", "local[2]"),
              "init",
              config.toString(),
              "--out",
              local.uri(),
              "--kernels",
              "scalar")
          .isDone();
      Submission init = spark.launch("init", config.toString(), "--out", cluster.uri());
      Program.await(() -> !cluster.shards().isEmpty() || !init.driver().isRunning());
      spark.executors().forEach(ProcessHandle::destroyForcibly);
      assertThat(init.isDone()).contains(local.digest());
      cluster.isWholeAndAlone();
      assertThat(spark.submit(Map.of(), "verify", cluster.uri(), "--kernels", "scalar").isDone())
          .contains("equal the recipe bit for bit")
          .contains(local.digest());
    }
  }

  private Output output(String name) throws IOException {
    return Output.of(Files.createDirectories(folder).resolve(name).toUri().toString(), new Configuration());
  }
}
