package dev.kindling.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands in a JVM of their own, so that they can be killed and share no caches with the test. */
final class ForkedCli {
  private ForkedCli() {}

  /** Starts a command on two cores; what it prints can be read, errors too. */
  static Process start(List<String> jvmOptions, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-Dspark.master=local[2]",
            "-Dspark.ui.enabled=false",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(jvmOptions);
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Runs a command to its end. */
  static Cli.Result run(List<String> jvmOptions, String... arguments) throws IOException {
    Process process = start(jvmOptions, arguments);
    String lines = new String(process.getInputStream().readAllBytes());
    return new Cli.Result(process.onExit().join().exitValue(), lines, lines);
  }
}
