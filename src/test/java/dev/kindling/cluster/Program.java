package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program in a process of its own. Closing it kills it, and so does the end of this JVM. */
final class Program implements AutoCloseable {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Process process;
  private final Path out;
  private final Path err;

  private Program(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts one.
   *
   * @param folder takes what it prints, under its name
   * @param name a name for these files, unique in the folder
   * @param environment what it has beyond this JVM's
   * @param arguments Java's options, class path, main class and its arguments
   */
  static Program java(
      Path folder, String name, Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    return start(folder, name, environment, command);
  }

  /** Starts any command. */
  static Program start(
      Path folder, String name, Map<String, String> environment, List<String> command) {
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      RUNNING.add(process);
      process.onExit().thenAccept(RUNNING::remove);
      return new Program(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String out() {
    return text(out);
  }

  String err() {
    return text(err);
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Waits for something that it prints to standard error. */
  MatchResult awaitLine(String pattern) {
    Matcher[] found = new Matcher[1];
    Pattern compiled = Pattern.compile(pattern);
    await(
        () -> {
          found[0] = compiled.matcher(err());
          if (!found[0].find() && !isRunning()) {
            throw new AssertionError("ended before it printed '" + pattern + "':\n" + err());
          }
          return found[0].reset().find();
        });
    return found[0].toMatchResult();
  }

  /** Waits for its end and returns its exit code. */
  int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + patience + ":\n" + out() + err());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the processes that it started and that are still alive. */
  List<ProcessHandle> children() {
    return process.toHandle().children().toList();
  }

  /** Sends it SIGKILL and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitExit(PATIENCE);
  }

  @Override
  public void close() {
    kill();
  }

  /** Waits until something holds. */
  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not so within " + PATIENCE);
      }
      pause(5);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends a signal such as STOP, which Java has no call for. */
  static void signal(ProcessHandle process, String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
