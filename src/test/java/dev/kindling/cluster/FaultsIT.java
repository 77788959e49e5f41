package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs of the cluster die while a command runs that reads and writes HDFS. The seed of a trial
 * says which command, which program, and when: of LSUV's stages each one's turn comes, the other
 * commands are hit within the time that they take undisturbed.
 */
@Tag("cluster")
class FaultsIT {
  private static final int LAYERS = 6;
  private static final Pattern LAYER = Pattern.compile("(?m)^fc\\d");

  private enum Command {
    INIT,
    LSUV,
    EXPORT,
    VERIFY
  }

  @TempDir static Path folder;
  private static Site<Hdfs> site;
  private static StandaloneSpark spark;
  private static Path shapes;
  private static Path dense;

  /** What undisturbed runs left, and how long they ran since their executors had come. */
  private static final Map<Command, Output> UNDISTURBED = new EnumMap<>(Command.class);

  private static final Map<Command, Long> MILLIS = new EnumMap<>(Command.class);
  private static String verified;

  @BeforeAll
  static void start() {
    shapes = ShapesModel.write(folder, 12, 1);
    dense = DigitsModel.write(folder, "dense", 64, DigitsModel.dense(LAYERS));
    ClassArchive.make(folder, shapes);
    site = Site.start(folder, work -> Hdfs.start(work, 3, 2));
    spark = site.spark();
    for (Command command : Command.values()) {
      Output out = site.output("undisturbed-" + command);
      UNDISTURBED.put(command, out);
      Submission job = start(command, out, Map.of());
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
    site.close();
  }

  static int[] seeds() {
    return Trials.seeds(4);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anExecutorDies(int seed) {
    Trial trial = new Trial("executor", seed);
    Submission job = start(trial.command, trial.out, Map.of());
    trial.await(job);
    List<ProcessHandle> executors = spark.executors();
    if (!executors.isEmpty()) {
      executors.get(trial.random.nextInt(executors.size())).destroyForcibly();
    }
    trial.holds(job);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aWorkerDiesAndAnotherComes(int seed) {
    Trial trial = new Trial("worker", seed);
    Submission job = start(trial.command, trial.out, Map.of());
    trial.await(job);
    spark.killWorker(trial.random.nextInt(2));
    Program.pause(trial.random.nextInt(2000));
    spark.addWorker();
    trial.holds(job);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aDriverDiesAndItsCommandIsRepeated(int seed) {
    Trial trial = new Trial("driver", seed);
    Submission killed = start(trial.command, trial.out, Map.of());
    trial.await(killed);
    killed.driver().kill();
    killed.awaitNoExecutors();
    trial.holds(start(trial.command, trial.out, Map.of()));
  }

  /** Its tasks run again elsewhere; it comes back after a while, or is ended with the job. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anExecutorIsSlow(int seed) {
    Trial trial = new Trial("straggler", seed);
    Map<String, String> settings =
        Map.of(
            "spark.speculation", "true",
            "spark.speculation.interval", "100ms",
            "spark.executor.heartbeatInterval", "1s",
            "spark.network.timeout", "10s");
    Submission job = start(trial.command, trial.out, settings);
    trial.await(job);
    List<ProcessHandle> executors = spark.executors();
    executors.stream().findFirst().ifPresent(straggler -> Program.signal(straggler, "STOP"));
    Program.pause(trial.random.nextInt(5000));
    if (trial.random.nextBoolean()) {
      executors.stream().findFirst().ifPresent(straggler -> Program.signal(straggler, "CONT"));
    }
    trial.holds(job);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aDataNodeDies(int seed) {
    Trial trial = new Trial("DataNode", seed);
    int node = trial.random.nextInt(3);
    Submission job = start(trial.command, trial.out, Map.of());
    trial.await(job);
    site.store().killDataNode(node);
    try {
      trial.holds(job);
    } finally {
      site.store().restartDataNode(node);
    }
  }

  /** A command and the moment of its fault. */
  private static final class Trial {
    private final String fault;
    private final int seed;
    private final SplittableRandom random;
    private final Command command;
    private final Output out;
    private String moment = "";

    Trial(String fault, int seed) {
      this.fault = fault;
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.command = Command.values()[seed % Command.values().length];
      this.out = site.output(fault + "-" + seed);
    }

    void await(Submission job) {
      spark.awaitExecutors(job);
      if (command == Command.LSUV) {
        // Before the first layer, behind each one, and while shards are written.
        int layers = seed / Command.values().length % (LAYERS + 1);
        Program.await(() -> layersOf(job) >= layers || !job.driver().isRunning());
        Program.pause(random.nextLong(500));
      } else {
        Program.pause(random.nextLong(MILLIS.get(command)));
      }
      moment = progress(job);
    }

    private String progress(Submission job) {
      if (!job.driver().isRunning()) {
        return "it had ended";
      }
      return switch (command) {
        case INIT -> out.shards().size() + " shards stood";
        case LSUV -> layersOf(job) + " layers were done";
        case EXPORT -> out.below(out.files().out()).size() + " files were there";
        case VERIFY -> "it ran";
      };
    }

    private static long layersOf(Submission job) {
      return LAYER.matcher(job.driver().out()).results().count();
    }

    /** Checks that a job ends well and leaves what the undisturbed one has left. */
    void holds(Submission job) {
      Trials.run(
          "%s %d: %s, %s".formatted(fault, seed, command, moment),
          () -> {
            String text = job.isDone();
            job.awaitNoExecutors();
            check(text);
            out.remove();
          });
    }

    private void check(String text) {
      switch (command) {
        case INIT, LSUV -> {
          assertThat(out.manifest()).isEqualTo(UNDISTURBED.get(command).manifest());
          out.isWholeAndAlone();
        }
        case EXPORT -> assertThat(contents(out)).isEqualTo(contents(UNDISTURBED.get(command)));
        case VERIFY -> assertThat(digest(text)).isEqualTo(verified);
      }
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

  private static Submission start(Command command, Output out, Map<String, String> settings) {
    String checkpoint = UNDISTURBED.get(Command.INIT).uri();
    List<String> arguments =
        switch (command) {
          case INIT -> Site.initArguments(shapes, out);
          case LSUV -> List.of("lsuv", dense.toString(), "--no-report", "--out", out.uri());
          case EXPORT ->
              List.of(
                  "export",
                  checkpoint,
                  "--format",
                  "safetensors",
                  "--shard-bytes",
                  "2MiB",
                  "--out",
                  out.uri());
          case VERIFY -> List.of("verify", checkpoint, "--kernels", "scalar");
        };
    return site.submit(settings, arguments);
  }
}
