package dev.kindling.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.ConfigurationException;
import dev.kindling.base.JsonCursor;
import dev.kindling.checkpoint.WholeFile;
import dev.kindling.spark.Cluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * A file that says how a command ended, for those who see neither its exit code nor what it
 * printed, as of a driver in cluster mode. One of an earlier run goes before the command begins.
 */
final class ResultOption {
  @Option(
      names = "--result",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Writes the exit code and the problems there as JSON when the command has ended; in cluster mode nothing else tells.")
  private Optional<String> file = Optional.empty();

  /** Finds the option wherever it stands, also on a command line that is wrong otherwise. */
  static ResultOption in(String... arguments) {
    ResultOption option = new ResultOption();
    try {
      new CommandLine(option).setUnmatchedArgumentsAllowed(true).parseArgs(arguments);
    } catch (ParameterException e) {
      // It is told where all of the command line is read.
      return new ResultOption();
    }
    return option;
  }

  /**
   * Removes what stands there.
   *
   * @throws ConfigurationException if that may not be done
   */
  void clear() {
    file.ifPresent(
        name -> {
          try {
            fileSystem(name).delete(new Path(name), false);
          } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException(
                "Cannot write the result to '%s': %s".formatted(name, e.getMessage()));
          }
        });
  }

  /** Writes the file. */
  void write(int exitCode, List<String> problems) {
    file.ifPresent(
        name -> {
          byte[] json = json(exitCode, problems).getBytes(StandardCharsets.UTF_8);
          try {
            WholeFile.write(fileSystem(name), new Path(name), out -> out.write(json));
          } catch (IOException e) {
            throw new ConfigurationException(
                "Cannot write the result to '%s': %s".formatted(name, e.getMessage()));
          }
        });
  }

  private static FileSystem fileSystem(String name) throws IOException {
    return new Path(name).getFileSystem(Cluster.hadoop());
  }

  private static String json(int exitCode, List<String> problems) {
    ObjectNode node = JsonCursor.MAPPER.createObjectNode();
    node.put("version", Main.version());
    node.put("exit-code", exitCode);
    problems.forEach(node.putArray("problems")::add);
    return JsonCursor.write(node);
  }
}
