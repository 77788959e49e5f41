package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.checkpoint.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to the tasks of an {@code init}, and whoever else writes to the same place: no
 * file is seen before it is whole, and nothing is left but a checkpoint with the bits of an
 * undisturbed run. Each trial has its seed, which says when the fault comes.
 */
@Tag("cluster")
@ParameterizedClass(name = "{0}")
@MethodSource("stores")
class IdempotentWritingIT {
  private static final int SHARDS = 48;

  /** The executor that is slow is not taken for dead. */
  static final Map<String, String> SPECULATION =
      Map.of(
          "spark.speculation", "true",
          "spark.speculation.interval", "100ms",
          "spark.network.timeout", "600s");

  @TempDir static Path folder;
  private static StandaloneSpark spark;
  private static Path config;

  /** The manifests of undisturbed runs with seeds 1 and 2; ids do not depend on the file system. */
  private static Manifest first;

  private static Manifest second;
  private static Store store;

  @Parameter Store.Kind kind;

  @BeforeAll
  static void start() {
    spark = StandaloneSpark.start(folder, 2);
    config = ShapesModel.write(folder, 24, 1);
    Store local = new Store.LocalFiles(folder.toUri());
    Submission one = init(local, local.output("first"));
    Submission two = init(local, local.output("second"), "--set", "seed=2");
    one.isDone();
    two.isDone();
    first = local.output("first").manifest();
    second = local.output("second").manifest();
    assertThat(first.shards()).hasSize(SHARDS);
  }

  @BeforeParameterizedClassInvocation
  static void startStore(Store.Kind kind) {
    store = kind.start(StandaloneSpark.folder(folder, kind.name()));
  }

  @AfterParameterizedClassInvocation
  static void stopStore() {
    store.close();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  static List<Store.Kind> stores() {
    return Trials.stores();
  }

  static int[] seeds() {
    return Trials.seeds(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anExecutorDies(int seed) {
    Output out = store.output("dies-" + seed);
    try (Watcher watcher = new Watcher(out, List.of(first))) {
      Submission init = init(store, out);
      awaitShards(out, init, seed);
      List<ProcessHandle> executors = spark.executors();
      executors.get(seed % executors.size()).destroyForcibly();
      init.isDone();
    }
    holds(out, first);
  }

  /**
   * It is stopped for good, or goes on when all shards stand. Only a second attempt can help: the
   * executor is not taken for dead within this time.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void anExecutorIsSlow(int seed) {
    Output out = store.output("slow-" + seed);
    try (Watcher watcher = new Watcher(out, List.of(first))) {
      Submission init = init(store, out, SPECULATION);
      awaitShards(out, init, seed);
      ProcessHandle straggler = spark.executors().get(0);
      Program.signal(straggler, "STOP");
      if (seed % 2 == 0) {
        Program.await(() -> out.shards().size() == SHARDS || !init.driver().isRunning());
        Program.signal(straggler, "CONT");
      }
      init.isDone();
      init.awaitNoExecutors();
    }
    holds(out, first);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theDriverDiesAndTheCommandIsRepeated(int seed) {
    Output out = store.output("driver-" + seed);
    try (Watcher watcher = new Watcher(out, List.of(first))) {
      Submission init = init(store, out);
      awaitShards(out, init, seed);
      init.driver().kill();
      init.awaitNoExecutors();
      Set<String> before = stamps(out);
      assertThat(before).isNotEmpty();
      init(store, out).isDone();
      assertThat(stamps(out)).as("shards that stood are kept").containsAll(before);
    }
    holds(out, first);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void twoJobsWithTheSameRecipe(int seed) {
    Output out = store.output("same-" + seed);
    try (Watcher watcher = new Watcher(out, List.of(first))) {
      Submission one = init(store, out);
      Program.pause(new SplittableRandom(seed).nextInt(3000));
      Submission two = init(store, out);
      one.isDone();
      two.isDone();
    }
    holds(out, first);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void twoJobsWithDifferentRecipes(int seed) {
    Output out = store.output("different-" + seed);
    try (Watcher watcher = new Watcher(out, List.of(first, second))) {
      Submission one = init(store, out);
      Program.pause(new SplittableRandom(seed).nextInt(3000));
      Submission two = init(store, out, "--set", "seed=2");
      Program.await(() -> !one.driver().isRunning() || !two.driver().isRunning());
      boolean firstWins = !one.driver().isRunning();
      (firstWins ? one : two).isDone();
      assertThat((firstWins ? two : one).isRefused(2))
          .contains("another checkpoint (id %s)".formatted((firstWins ? first : second).id()));
      holds(out, firstWins ? first : second);
    }
  }

  /** Killed once on the way; the old checkpoint can be read until the new one is in place. */
  @ParameterizedTest
  @MethodSource("seeds")
  void overwriting(int seed) {
    Output out = store.output("overwrite-" + seed);
    init(store, out).isDone();
    try (Watcher watcher = new Watcher(out, List.of(first, second))) {
      Submission killed = init(store, out, "--set", "seed=2", "--overwrite");
      awaitShards(out, killed, SHARDS + seed);
      killed.driver().kill();
      killed.awaitNoExecutors();
      assertThat(out.manifest()).isEqualTo(first);
      init(store, out, "--set", "seed=2", "--overwrite").isDone();
    }
    holds(out, second);
  }

  /** The one that is done last stands. If its shards were taken for stale ones, it says so. */
  @ParameterizedTest
  @MethodSource("seeds")
  void twoJobsThatOverwrite(int seed) {
    Output out = store.output("last-" + seed);
    try (Watcher watcher = new Watcher(out, List.of(first, second))) {
      Submission one = init(store, out, "--overwrite");
      Program.pause(new SplittableRandom(seed).nextInt(3000));
      Submission two = init(store, out, "--set", "seed=2", "--overwrite");
      one.isDone();
      two.isDone();
    }
    holds(out, out.manifest().id().equals(first.id()) ? first : second);
  }

  private static void holds(Output out, Manifest expected) {
    assertThat(out.manifest()).isEqualTo(expected);
    out.isWholeAndAlone();
    out.remove();
  }

  private static Set<String> stamps(Output out) {
    Set<String> stamps = new HashSet<>();
    out.shards().forEach(shard -> stamps.add(shard.getName() + " " + out.modified(shard)));
    return stamps;
  }

  /** Waits until some shards stand, how many is the seed's business, and a little longer. */
  private static void awaitShards(Output out, Submission job, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int least = (seed / SHARDS) * SHARDS + 1 + random.nextInt(SHARDS / 2);
    Program.await(() -> out.shards().size() >= least || !job.driver().isRunning());
    assertThat(job.driver().isRunning())
        .as("%s%s", job.driver().out(), job.driver().err())
        .isTrue();
    Program.pause(random.nextInt(50));
  }

  private static Submission init(Store store, Output out, String... options) {
    return init(store, out, Map.of(), options);
  }

  private static Submission init(
      Store store, Output out, Map<String, String> settings, String... options) {
    Map<String, String> all = new HashMap<>(store.spark());
    all.putAll(settings);
    List<String> arguments =
        new ArrayList<>(
            List.of("init", config.toString(), "--out", out.uri(), "--kernels", "scalar"));
    arguments.addAll(Arrays.asList(options));
    return spark.submit(all, arguments.toArray(String[]::new));
  }
}
