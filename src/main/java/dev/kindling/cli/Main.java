package dev.kindling.cli;

import dev.kindling.base.ExitCode;
import dev.kindling.base.UserException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the job jar; turns the outcome of a command into an exit code. */
@Command(
    name = "kindling",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Initialises models that are too large for one machine, on Apache Spark.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:our fault, with a stack trace",
      "2:usage or configuration; the output exists or may not be written",
      "3:bad, missing or unreadable input",
      "4:verification failed",
      "5:not enough memory or disk, or a file system that failed"
    },
    subcommands = {
      PlanCommand.class,
      InitCommand.class,
      LsuvCommand.class,
      StartCommand.class,
      ProxyCommand.class,
      MaterialiseCommand.class,
      VerifyCommand.class,
      InspectCommand.class,
      SliceCommand.class,
      DiffCommand.class,
      ExportCommand.class,
      SchemesCommand.class,
      ReportCommand.class,
      DiagnoseCommand.class,
      CompareCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main implements Runnable {

  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(writer(System.out), writer(System.err), arguments));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, Charset.defaultCharset());
  }

  /** Runs one command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(Main::explain)
        .setParameterExceptionHandler(Main::explainUsage)
        .execute(arguments);
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** One line per problem that the user can mend; a stack trace only for our own faults. */
  private static int explain(
      Exception exception, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    Optional<UserException> mendable =
        causes(exception)
            .filter(UserException.class::isInstance)
            .map(UserException.class::cast)
            .findFirst();
    if (mendable.isPresent()) {
      mendable.get().problems().forEach(command.getErr()::println);
      return mendable.get().exitCode().number();
    }
    if (causes(exception).anyMatch(OutOfMemoryError.class::isInstance)) {
      command
          .getErr()
          .println("Cannot finish: out of memory; give --driver-memory or --executor-memory more");
      return ExitCode.RESOURCES.number();
    }
    // Picocli prints the trace and returns 1.
    throw exception;
  }

  private static int explainUsage(CommandLine.ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    command.getErr().println(exception.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(exception, command.getErr())) {
      command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return ExitCode.CONFIGURATION.number();
  }

  private static Stream<Throwable> causes(Throwable throwable) {
    return Stream.iterate(throwable, cause -> cause != null, Throwable::getCause);
  }

  /** Returns name and version of the job jar. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return "kindling " + (version == null ? "(not packaged)" : version);
  }

  /** Reads the version from the job jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {version()};
    }
  }
}
