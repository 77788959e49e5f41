package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors that differ from each other, come and go or lack something; drivers on the cluster. */
@Tag("cluster")
class ExecutorsIT {
  private static final Pattern KERNELS = Pattern.compile("Kernels: (\\S+)");
  private static final String OPTIONS = "spark.executor.extraJavaOptions";

  /** Work begins when all executors are there. */
  private static final Map<String, String> ALL_AT_ONCE =
      Map.of(
          "spark.scheduler.minRegisteredResourcesRatio", "1.0",
          "spark.scheduler.maxRegisteredResourcesWaitingTime", "120s");

  @TempDir static Path folder;
  private static Site<Store.LocalFiles> site;
  private static Path shapes;
  private static Path dense;

  @BeforeAll
  static void start() {
    shapes = ShapesModel.write(folder, 12, 1);
    dense = DigitsModel.write(folder, "dense", 64, DigitsModel.dense(3));
    site = Site.start(folder, work -> new Store.LocalFiles(work.toUri()));
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  /** One core with vectors of 128 bits, two without the vector module, one with all it has. */
  @Test
  void widthsAndSizesOfExecutorsDoNotMatter() throws IOException {
    Output out = site.output("mixed");
    Path work = StandaloneSpark.folder(folder, "mixed");
    try (StandaloneSpark mixed = StandaloneSpark.start(work, 0)) {
      mixed.addWorker(1, JavaHome.with(folder, "narrow", "-XX:MaxVectorSize=16"));
      mixed.addWorker(2, JavaHome.withoutVectorModule(folder));
      mixed.addWorker(1, Path.of(System.getProperty("java.home")));
      Map<String, String> settings = new TreeMap<>(ALL_AT_ONCE);
      settings.put("spark.executor.cores", "");
      settings.put("spark.cores.max", "4");
      settings.put("spark.scheduler.mode", "FAIR");
      settings.put(
          OPTIONS,
          "-XX:+UseSerialGC -Dlog4j2.configurationFile=org/apache/spark/log4j2-defaults.properties");
      mixed.submit(settings, "init", shapes.toString(), "--out", out.uri()).isDone();
      assertThat(kernels(mixed)).hasSize(3).contains("scalar", "simd128");
    }
    out.isWholeAndAlone();
    assertThat(inOneJvm("verify", out.uri(), "--kernels", "scalar").isDone())
        .contains("equal the recipe bit for bit, digest " + out.digest());
  }

  private static Set<String> kernels(StandaloneSpark spark) throws IOException {
    Set<String> kernels = new TreeSet<>();
    for (Path log : spark.executorLogs()) {
      KERNELS
          .matcher(Files.readString(log))
          .results()
          .map((MatchResult found) -> found.group(1))
          .forEach(kernels::add);
    }
    return kernels;
  }

  @Test
  void executorsThatComeAndGoDoNotMatter() {
    Output one = site.output("one");
    inOneJvm("lsuv", dense.toString(), "--no-report", "--out", one.uri()).isDone();
    Output out = site.output("coming");
    Map<String, String> settings =
        Map.of(
            "spark.dynamicAllocation.enabled", "true",
            "spark.dynamicAllocation.shuffleTracking.enabled", "true",
            "spark.dynamicAllocation.executorIdleTimeout", "1s",
            "spark.dynamicAllocation.cachedExecutorIdleTimeout", "1s",
            "spark.dynamicAllocation.shuffleTracking.timeout", "1s",
            "spark.scheduler.mode", "FAIR");
    lsuv(settings, out).isDone();
    assertThat(out.manifest()).isEqualTo(one.manifest());
  }

  @Test
  void processorsThatDifferAreNamed() {
    Output out = site.output("processors");
    Path work = StandaloneSpark.folder(folder, "processors");
    try (StandaloneSpark two = StandaloneSpark.start(work, 1)) {
      // Another name of the same architecture: the library that is loaded is the same.
      two.addWorker(2, JavaHome.with(folder, "other", "-Dos.arch=x86_64"));
      Submission lsuv =
          two.submit(ALL_AT_ONCE, "lsuv", dense.toString(), "--no-report", "--out", out.uri());
      lsuv.isDone();
      assertThat(lsuv.driver().err()).contains("Note: processors differ (amd64 ", "; x86_64 ");
    }
  }

  @Test
  void executorsWithoutOnnxRuntimeAreRefusedBeforeAnyWork() {
    Output out = site.output("no-runtime");
    Map<String, String> settings = new TreeMap<>(ALL_AT_ONCE);
    settings.put(OPTIONS, "-XX:TieredStopAtLevel=1 -Donnxruntime.native.path=/nonexistent");
    assertThat(lsuv(settings, out).isRefused(2))
        .matches(
            "Cannot run stages on executor \\d+ \\(127\\.0\\.0\\.\\d+\\): ONNX Runtime's library cannot be loaded: .* not found at /nonexistent/.*");
    assertThat(out.below(out.files().out())).isEmpty();
  }

  /** It is killed once and started again by its worker. */
  @Test
  void aDriverOnTheClusterTellsItsResult() throws IOException {
    Output out = site.output("driver");
    Path result = folder.resolve("result.json");
    Submission launched = onTheCluster(result, out);
    Program.await(() -> !site.spark().executors().isEmpty());
    ProcessHandle driver = site.spark().executors().get(0);
    Program.await(() -> !out.shards().isEmpty() || Files.exists(result));
    driver.destroyForcibly();
    launched.isDone();
    assertThat(resultOf(result).get("exit-code").intValue()).isZero();
    launched.awaitNoExecutors();
    out.isWholeAndAlone();
    onTheCluster(result, out, "--set", "seed=2").isDone();
    JsonNode refused = resultOf(result);
    assertThat(refused.get("exit-code").intValue()).isEqualTo(2);
    assertThat(refused.get("problems")).hasSize(1);
    assertThat(refused.get("problems").get(0).textValue()).contains("--overwrite");
  }

  private static Submission onTheCluster(Path result, Output out, String... options) {
    Map<String, String> settings =
        Map.of("spark.submit.deployMode", "cluster", "spark.driver.supervise", "true");
    List<String> arguments = Site.initArguments(shapes, out, options);
    arguments.addAll(List.of("--result", result.toString()));
    return site.submit(settings, arguments);
  }

  private static JsonNode resultOf(Path file) throws IOException {
    Program.await(() -> Files.exists(file));
    JsonNode result = new ObjectMapper().readTree(file.toFile());
    Files.delete(file);
    return result;
  }

  private static Submission lsuv(Map<String, String> settings, Output out) {
    return site.submit(
        settings, List.of("lsuv", dense.toString(), "--no-report", "--out", out.uri()));
  }

  private static Submission inOneJvm(String... arguments) {
    return site.submit(Map.of("spark.master", "local[2]"), List.of(arguments));
  }
}
