package dev.kindling.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs main methods of tests in a JVM of their own, on the class path of this one. */
public final class OtherJvm {
  private final Path home;

  private OtherJvm(Path home) {
    this.home = home;
  }

  /** Returns the Java that runs the tests. */
  public static OtherJvm same() {
    return of(Path.of(System.getProperty("java.home")));
  }

  /** Returns the Java of a folder. */
  public static OtherJvm of(Path home) {
    return new OtherJvm(home);
  }

  /**
   * Runs a main method and expects it to end with 0.
   *
   * @return what it printed
   */
  public String run(List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
