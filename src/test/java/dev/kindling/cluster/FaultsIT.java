package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs of the cluster die while a command runs that reads and writes HDFS. The seed of a trial
 * says which command, which program, and when within the time that the command takes undisturbed.
 */
@Tag("cluster")
class FaultsIT {
  private enum Command {
    INIT,
    LSUV,
    EXPORT,
    VERIFY
  }

  @TempDir static Path folder;
  private static StandaloneSpark spark;
  private static Hdfs hdfs;
  private static Path shapes;

  /** What undisturbed runs left, and how long they ran since their executors had come. */
  private static final Map<Command, Output> UNDISTURBED = new EnumMap<>(Command.class);

  private static final Map<Command, Long> MILLIS = new EnumMap<>(Command.class);
  private static String verified;

  @BeforeAll
  static void start() {
    spark = StandaloneSpark.start(StandaloneSpark.folder(folder, "spark"), 2);
    hdfs = Hdfs.start(StandaloneSpark.folder(folder, "hdfs"), 3, 2);
    shapes = ShapesModel.write(folder, 12, 1);
    for (Command command : Command.values()) {
      Output out = hdfs.output("undisturbed-" + command);
      UNDISTURBED.put(command, out);
      Submission job = start(command, out);
      spark.awaitExecutors(job);
      long begin = System.nanoTime();
      String text = job.isDone();
      MILLIS.put(command, Duration.ofNanos(System.nanoTime() - begin).toMillis());
      if (command == Command.VERIFY) {
        verified = digest(text);
      }
    }
  }

  @AfterAll
  static void stop() {
    hdfs.close();
    spark.close();
  }

  static int[] seeds() {
    return Trials.seeds(4);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anExecutorDies(int seed) {
    Trial trial = new Trial(seed);
    Output out = hdfs.output("executor-" + seed);
    Submission job = start(trial.command, out);
    trial.await(job);
    List<ProcessHandle> executors = spark.executors();
    if (!executors.isEmpty()) {
      executors.get(trial.random.nextInt(executors.size())).destroyForcibly();
    }
    trial.holds(job, out);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aWorkerDiesAndAnotherComes(int seed) {
    Trial trial = new Trial(seed);
    Output out = hdfs.output("worker-" + seed);
    Submission job = start(trial.command, out);
    trial.await(job);
    spark.killWorker(trial.random.nextInt(2));
    Program.pause(trial.random.nextInt(2000));
    spark.addWorker();
    trial.holds(job, out);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aDriverDiesAndItsCommandIsRepeated(int seed) {
    Trial trial = new Trial(seed);
    Output out = hdfs.output("driver-" + seed);
    Submission killed = start(trial.command, out);
    trial.await(killed);
    killed.driver().kill();
    killed.awaitNoExecutors();
    trial.holds(start(trial.command, out), out);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aDataNodeDies(int seed) {
    Trial trial = new Trial(seed);
    int node = trial.random.nextInt(3);
    Output out = hdfs.output("datanode-" + seed);
    Submission job = start(trial.command, out);
    trial.await(job);
    hdfs.killDataNode(node);
    try {
      trial.holds(job, out);
    } finally {
      hdfs.restartDataNode(node);
    }
  }

  /** A command and the moment of its fault. */
  private static final class Trial {
    private final SplittableRandom random;
    private final Command command;

    Trial(int seed) {
      this.random = new SplittableRandom(seed);
      this.command = Command.values()[seed % Command.values().length];
    }

    void await(Submission job) {
      spark.awaitExecutors(job);
      Program.pause(random.nextLong(MILLIS.get(command)));
    }

    /** Checks that a job ends well and leaves what the undisturbed one has left. */
    void holds(Submission job, Output out) {
      String text = job.isDone();
      job.awaitNoExecutors();
      switch (command) {
        case INIT, LSUV -> {
          assertThat(out.manifest()).isEqualTo(UNDISTURBED.get(command).manifest());
          out.isWholeAndAlone();
        }
        case EXPORT -> assertThat(contents(out)).isEqualTo(contents(UNDISTURBED.get(command)));
        case VERIFY -> assertThat(digest(text)).isEqualTo(verified);
      }
      out.remove();
    }
  }

  private static Map<String, Long> contents(Output out) {
    Map<String, Long> contents = new TreeMap<>();
    out.below(out.files().out()).forEach(file -> contents.put(file.getName(), out.crc32c(file)));
    assertThat(contents).isNotEmpty();
    return contents;
  }

  private static String digest(String text) {
    assertThat(text).contains("equal the recipe bit for bit");
    return text.replaceAll("(?s).*digest ([0-9a-f]{64}).*", "$1");
  }

  private static Submission start(Command command, Output out) {
    String checkpoint = UNDISTURBED.get(Command.INIT).uri();
    List<String> arguments =
        switch (command) {
          case INIT ->
              List.of("init", shapes.toString(), "--out", out.uri(), "--kernels", "scalar");
          case LSUV -> List.of("lsuv", "conf/quickstart.yaml", "--no-report", "--out", out.uri());
          case EXPORT ->
              List.of(
                  "export",
                  checkpoint,
                  "--format",
                  "safetensors",
                  "--shard-bytes",
                  "8MiB",
                  "--out",
                  out.uri());
          case VERIFY -> List.of("verify", checkpoint, "--kernels", "scalar");
        };
    return spark.submit(hdfs.spark(), arguments.toArray(String[]::new));
  }
}
