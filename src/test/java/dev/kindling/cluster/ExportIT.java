package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
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
 * Executors write safetensors to any file system in parallel, one of a tensor of 640 MiB in 450 MiB
 * of heap. Whatever happens to them, the files are those of an undisturbed export, and nothing else
 * is there.
 */
@Tag("cluster")
@ParameterizedClass(name = "{0}")
@MethodSource("stores")
class ExportIT {
  /** The least heap that Spark lets an executor have. */
  private static final Map<String, String> SMALL = Map.of("spark.executor.memory", "450m");

  @TempDir static Path folder;
  private static StandaloneSpark spark;
  private static Output checkpoint;
  private static Map<String, Long> expected;
  private static Store store;

  @Parameter Store.Kind kind;

  @BeforeAll
  static void start() throws IOException {
    spark = StandaloneSpark.start(folder, 2);
    StringBuilder shapes = new StringBuilder("{\"large.weight\": [163840, 1024]");
    for (int i = 0; i < 12; i++) {
      shapes.append(", \"layer%d.weight\": [2048, 1024]".formatted(i));
    }
    Files.writeString(folder.resolve("shapes.json"), shapes.append("}"));
    Path config = folder.resolve("model.yaml");
    Files.writeString(config, "model: shapes.json\nseed: 1\ninit: {default: he_normal}\n");
    Store local = new Store.LocalFiles(folder.toUri());
    checkpoint = local.output("checkpoint");
    spark.submit(SMALL, "init", config.toString(), "--out", checkpoint.uri()).isDone();
    Output undisturbed = local.output("undisturbed");
    export(local, undisturbed, Map.of()).isDone();
    expected = contents(undisturbed);
    // The large tensor, three files of four others, and the index.
    assertThat(expected).hasSize(5);
    undisturbed.remove();
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
    Submission export = export(store, out, Map.of());
    awaitWork(export, seed);
    List<ProcessHandle> executors = spark.executors();
    executors.get(seed % executors.size()).destroyForcibly();
    export.isDone();
    holds(export, out);
  }

  /** The other one writes its file a second time; then it goes on and is outrun. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anExecutorIsSlow(int seed) {
    Output out = store.output("slow-" + seed);
    Submission export = export(store, out, IdempotentWritingIT.SPECULATION);
    awaitWork(export, seed);
    ProcessHandle straggler = spark.executors().get(0);
    Program.signal(straggler, "STOP");
    Program.await(() -> names(out).containsAll(parts()) || !isRunning(export));
    Program.signal(straggler, "CONT");
    export.isDone();
    holds(export, out);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theDriverDiesAndTheCommandIsRepeated(int seed) {
    Output out = store.output("driver-" + seed);
    Submission killed = export(store, out, Map.of());
    awaitWork(killed, seed);
    killed.driver().kill();
    killed.awaitNoExecutors();
    Submission export = export(store, out, Map.of());
    export.isDone();
    holds(export, out);
  }

  private static List<String> parts() {
    return expected.keySet().stream().filter(name -> name.endsWith(".safetensors")).toList();
  }

  private static List<String> names(Output out) {
    return out.below(out.files().out()).stream().map(file -> file.getName()).toList();
  }

  private static boolean isRunning(Submission job) {
    return job.driver().isRunning();
  }

  /**
   * Waits until executors are there and the folder is marked, and then as long as the seed says.
   */
  private static void awaitWork(Submission job, int seed) {
    spark.awaitExecutors(job);
    Program.pause(1500 + new SplittableRandom(seed).nextInt(2500));
    assertThat(isRunning(job)).as("%s%s", job.driver().out(), job.driver().err()).isTrue();
  }

  private static void holds(Submission job, Output out) {
    job.awaitNoExecutors();
    assertThat(contents(out)).isEqualTo(expected);
    out.remove();
  }

  private static Map<String, Long> contents(Output out) {
    Map<String, Long> contents = new TreeMap<>();
    out.below(out.files().out()).forEach(file -> contents.put(file.getName(), out.crc32c(file)));
    return contents;
  }

  private static Submission export(Store target, Output out, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(target.spark());
    all.putAll(SMALL);
    all.putAll(settings);
    List<String> arguments = new ArrayList<>(List.of("export", checkpoint.uri()));
    arguments.addAll(List.of("--format", "safetensors", "--shard-bytes", "32MiB"));
    arguments.addAll(List.of("--out", out.uri()));
    return spark.submit(all, arguments.toArray(String[]::new));
  }
}
