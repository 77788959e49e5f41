package dev.kindling.cli;

import dev.kindling.base.ExitCode;
import dev.kindling.base.UserException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
      ExpandCommand.class,
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

  private static final String OUT_OF_MEMORY =
      "Cannot finish: out of memory; give --driver-memory or --executor-memory more";

  /** Read from the whole command line before any other option is; here it is declared. */
  @Mixin
  @SuppressWarnings("unused")
  private ResultOption result;

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
    ResultOption result = ResultOption.in(arguments);
    List<String> problems = new ArrayList<>();
    try {
      result.clear();
      int code =
          new CommandLine(new Main())
              .setOut(PrintableWriter.to(out))
              .setErr(PrintableWriter.to(err))
              .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
              .setExecutionExceptionHandler(
                  (exception, command, parsed) -> explain(exception, command, problems))
              .setParameterExceptionHandler(
                  (exception, unused) -> explainUsage(exception, problems))
              .execute(arguments);
      result.write(code, problems);
      return code;
    } catch (UserException e) {
      e.problems().stream().map(Main::oneLine).forEach(PrintableWriter.to(err)::println);
      return e.exitCode().number();
    }
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** One line per problem that the user can mend; a stack trace only for our own faults. */
  private static int explain(Exception exception, CommandLine command, List<String> problems)
      throws Exception {
    Optional<UserException> mendable =
        causes(exception)
            .filter(UserException.class::isInstance)
            .map(UserException.class::cast)
            .findFirst();
    if (mendable.isPresent()) {
      mendable.get().problems().stream().map(Main::oneLine).forEach(problems::add);
      problems.forEach(command.getErr()::println);
      return mendable.get().exitCode().number();
    }
    if (causes(exception).anyMatch(OutOfMemoryError.class::isInstance)) {
      problems.add(OUT_OF_MEMORY);
      command.getErr().println(OUT_OF_MEMORY);
      return ExitCode.RESOURCES.number();
    }
    problems.add(exception.toString());
    // Picocli prints the trace and returns 1.
    throw exception;
  }

  /** A name in a file may hold line ends. */
  private static String oneLine(String problem) {
    return problem.replaceAll("\\s*\\R\\s*", " ").strip();
  }

  private static int explainUsage(CommandLine.ParameterException exception, List<String> problems) {
    CommandLine command = exception.getCommandLine();
    problems.add(exception.getMessage());
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
