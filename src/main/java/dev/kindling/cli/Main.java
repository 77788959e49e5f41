package dev.kindling.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the job jar; turns the outcome of a command into an exit code. */
@Command(
    name = "kindling",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Initialises models that are too large for one machine, on Apache Spark.",
    subcommands = CommandLine.HelpCommand.class)
public final class Main implements Runnable {

  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return new CommandLine(new Main()).execute(arguments);
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** Reads the version from the job jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"kindling " + (version == null ? "(not packaged)" : version)};
    }
  }
}
