package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A standalone Spark of this build's own jars on the loopback interface: a master, workers, and for
 * each job an executor of one core on each worker, all of them processes that can be killed.
 */
final class StandaloneSpark implements AutoCloseable {
  private static final Path HOME = Path.of("target/spark-home").toAbsolutePath();
  private static final Path OWN_JAVA = Path.of(System.getProperty("java.home"));
  private static final Path JOB = Path.of("target/kindling-job.jar").toAbsolutePath();

  /** What the daemons print; Spark's own settings, since ours print errors alone. */
  private static final String TALKATIVE =
      "-Dlog4j2.configurationFile=org/apache/spark/log4j2-defaults.properties";

  /** Starting is most of what these programs do, and the second compiler is most of starting. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.executor.memory", "700m",
          "spark.executor.cores", "1",
          "spark.executor.extraJavaOptions", QUICK + " -XX:+UseSerialGC " + ClassArchive.option(),
          "spark.cores.max", "2",
          "spark.ui.enabled", "false",
          "spark.ui.showConsoleProgress", "false",
          "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
          "spark.kryo.registrationRequired", "true");

  private final Path work;
  private final Program daemon;
  private final String master;
  private final List<Program> workers = new ArrayList<>();
  private int started;

  private StandaloneSpark(Path work) {
    this.work = work;
    this.daemon = daemon("master", OWN_JAVA, "127.0.0.1", "master.Master", "--port", "0");
    this.master = daemon.awaitLine("Starting Spark master at (spark://\\S+)").group(1);
  }

  /**
   * Starts one.
   *
   * @param work an empty folder for logs and for what executors write down
   */
  static StandaloneSpark start(Path work, int workers) {
    StandaloneSpark spark = new StandaloneSpark(work);
    for (int i = 0; i < workers; i++) {
      spark.addWorker();
    }
    return spark;
  }

  /** Starts another worker of two cores; executors of running jobs come to it. */
  Program addWorker() {
    return addWorker(2, OWN_JAVA);
  }

  /**
   * Starts another worker. Each has a host of its own, since Spark starts no second attempt of a
   * task on the host of the first.
   *
   * @param javaHome whose Java its executors run on
   */
  Program addWorker(int cores, Path javaHome) {
    int number = started++;
    String name = "worker-" + number;
    Program worker =
        daemon(
            name,
            javaHome,
            "127.0.0." + (2 + number % 250),
            "worker.Worker",
            "--port",
            "0",
            "--cores",
            Integer.toString(cores),
            "--memory",
            "4g",
            "--work-dir",
            work.resolve(name).toString(),
            master);
    workers.add(worker);
    worker.awaitLine("Successfully registered with master");
    return worker;
  }

  /** Returns the executors that are alive. */
  List<ProcessHandle> executors() {
    return workers.stream().flatMap(worker -> worker.children().stream()).toList();
  }

  /** Returns a file of all that executors have printed. */
  List<Path> executorLogs() {
    try (Stream<Path> files = Files.walk(work)) {
      return files.filter(file -> file.endsWith("stderr")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills a worker, and with it its executors. */
  void killWorker(int number) {
    workers.remove(number).kill();
  }

  /** Waits until a job has executors. */
  void awaitExecutors(Submission job) {
    Program.await(() -> !executors().isEmpty() || !job.driver().isRunning());
  }

  /** Starts a command through spark-submit. */
  Submission submit(Map<String, String> settings, String... arguments) {
    return submitAs(System.getProperty("user.name"), settings, arguments);
  }

  /** Starts a command as {@code jobs/standalone} does, on executors as small as these workers. */
  Submission launch(String... arguments) {
    Map<String, String> environment = new TreeMap<>(environment());
    environment.put("MASTER", master);
    // The launcher looks for bin/spark-submit there.
    environment.put("SPARK_HOME", "");
    List<String> command = new ArrayList<>(List.of("bash", "jobs/standalone"));
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("--executor-memory", "700m", "--executor-cores", "1", "--driver-memory", "512m"));
    command.addAll(List.of("--conf", "spark.cores.max=2"));
    return new Submission(this, Program.start(work, "job-" + started++, environment, command));
  }

  /** Starts a command in another user's name, which HDFS believes. */
  Submission submitAs(String user, Map<String, String> settings, String... arguments) {
    Map<String, String> all = new TreeMap<>(settings);
    all.putIfAbsent("spark.master", master);
    Map<String, String> environment = Map.of("HADOOP_USER_NAME", user);
    List<String> options = List.of(ClassArchive.option());
    Program driver =
        driver(work, "job-" + started++, environment, options, all, List.of(arguments));
    return new Submission(this, driver);
  }

  /**
   * Starts a driver through spark-submit.
   *
   * @param options options of its JVM
   * @param settings Spark's, with its master; an empty one takes a setting of ours away
   */
  static Program driver(
      Path work,
      String name,
      Map<String, String> environment,
      List<String> options,
      Map<String, String> settings,
      List<String> arguments) {
    Map<String, String> all = new TreeMap<>(SETTINGS);
    all.putAll(settings);
    all.values().removeIf(String::isEmpty);
    List<String> command =
        java("-Xmx512m", "-Dlog4j2.configurationFile=conf/log4j2.properties", all);
    command.addAll(0, options);
    command.addAll(
        List.of("org.apache.spark.deploy.SparkSubmit", "--class", "dev.kindling.cli.Main"));
    all.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.add(JOB.toString());
    command.addAll(arguments);
    Map<String, String> variables = new TreeMap<>(environment());
    variables.putAll(environment);
    return Program.java(work, name, variables, command);
  }

  private Program daemon(
      String name, Path javaHome, String host, String main, String... arguments) {
    List<String> command = java("-Xmx256m", TALKATIVE, Map.of());
    // It would listen at a fixed port.
    command.add(0, "-Dspark.master.rest.enabled=false");
    command.add("org.apache.spark.deploy." + main);
    command.addAll(List.of("--host", host, "--webui-port", "0"));
    command.addAll(List.of(arguments));
    Map<String, String> variables = new TreeMap<>(environment());
    variables.put("JAVA_HOME", javaHome.toString());
    return Program.java(work, name, variables, command);
  }

  private static List<String> java(String heap, String log, Map<String, String> settings) {
    // As executors have it, so that one archive of classes fits both; there is no such folder.
    String path = HOME.resolve("conf") + "/:" + HOME.resolve("jars") + "/*";
    if (settings.containsKey("spark.driver.extraClassPath")) {
      path += ":" + settings.get("spark.driver.extraClassPath");
    }
    return new ArrayList<>(
        List.of(
            heap,
            QUICK,
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "@" + HOME.resolve("java-options"),
            log,
            "-cp",
            path));
  }

  private static Map<String, String> environment() {
    return Map.of(
        "SPARK_HOME",
        HOME.toString(),
        "SPARK_SCALA_VERSION",
        "2.13",
        "SPARK_LOCAL_IP",
        "127.0.0.1",
        "JAVA_HOME",
        System.getProperty("java.home"));
  }

  @Override
  public void close() {
    List<ProcessHandle> executors = executors();
    workers.forEach(Program::close);
    daemon.close();
    executors.forEach(ProcessHandle::destroyForcibly);
  }

  /** Returns a new folder in a folder. */
  static Path folder(Path parent, String name) {
    try {
      return Files.createDirectories(parent.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
