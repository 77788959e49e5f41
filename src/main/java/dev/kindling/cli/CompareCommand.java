package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.NamedDiagnosis;
import dev.kindling.diagnose.Ranking;
import dev.kindling.diagnose.Standing;
import dev.kindling.diagnose.Training;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.model.Model;
import dev.kindling.recipe.Recipe;
import dev.kindling.report.ComparisonPage;
import dev.kindling.report.ReportFiles;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.DataSource;
import dev.kindling.spark.Sample;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Holds starts of one model against each other. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description =
        "Diagnoses several starts of the same model on the same sample, with several seeds each, and ranks them by how"
            + " well signals keep their size both ways. A multilayer perceptron of sigmoids is also trained from each"
            + " start, by MLlib, if lsuv.data.label names its classes. What cannot be told apart is called a tie.")
final class CompareCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;

  @Option(
      names = "--schemes",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "config,he_normal,glorot_uniform,orthogonal,lsuv",
      description =
          "Starts: config (the configuration's own), lsuv, presets and schemes. Default: ${DEFAULT-VALUE}.")
  private List<String> names;

  @Option(
      names = "--seeds",
      paramLabel = "COUNT",
      defaultValue = "3",
      description =
          "Seeds for each start, from the configuration's own on. Default: ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(
      names = "--iterations",
      paramLabel = "COUNT",
      defaultValue = "100",
      description =
          "Most iterations that a perceptron is trained for; 0 trains none. Default: ${DEFAULT-VALUE}.")
  private int iterations;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also writes an HTML file with the curves of all starts.")
  private Optional<String> report = Optional.empty();

  @Mixin private SampleOptions sampleOptions;
  @Mixin private ScratchOptions scratchOptions;
  @Mixin private WidthOptions width;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Configuration configuration = configurationOptions.read(hadoop);
    Model model = ModelFiles.read(configuration, hadoop);
    sampleOptions.check(configuration, model);
    if (seeds < 1 || names.size() < 2 || iterations < 0) {
      throw new ConfigurationException(
          "Cannot compare %d starts with %d seeds and %d iterations (expected 2 starts, 1 seed and 0 iterations or more)"
              .formatted(names.size(), seeds, iterations));
    }
    List<StartChoice> starts =
        names.stream().distinct().map(it -> new StartChoice(it, configuration, model)).toList();
    starts.forEach(StartChoice::check);
    run(configuration, model, starts, hadoop);
    return 0;
  }

  /** LSUV looks at rows of its own, so that it is judged on fresh ones like all others. */
  private void run(
      Configuration configuration,
      Model model,
      List<StartChoice> starts,
      org.apache.hadoop.conf.Configuration hadoop) {
    Recipe any = ModelFiles.planInit(configuration, model).recipe();
    DataSource data = SampleOptions.source(configuration, model, any);
    try (Cluster cluster =
        Cluster.open(
            "kindling compare " + configuration.source(),
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      Optional<Path> scratch = scratchOptions.folder(cluster);
      List<Sample> samples = sampleOptions.draw(data, model, any, 2, cluster);
      Comparison comparison =
          Comparison.of(starts, any.seed(), seeds, data.shapes(), samples.get(1), scratch, cluster);
      Map<String, List<Diagnosis>> diagnoses =
          comparison.diagnosed(
              model, data.shapes(), samples.get(0), sampleOptions.directions(), scratch, cluster);
      List<Standing> standings = Ranking.of(diagnoses);
      print(configuration, standings, diagnoses);
      Optional<Training> training = trained(comparison, model, any, data, hadoop, cluster);
      report.ifPresent(file -> write(file, configuration, standings, diagnoses, training, hadoop));
    }
  }

  private Optional<Training> trained(
      Comparison comparison,
      Model model,
      Recipe any,
      DataSource data,
      org.apache.hadoop.conf.Configuration hadoop,
      Cluster cluster) {
    if (iterations == 0) {
      return Optional.empty();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    TrainingChoice choice;
    try {
      choice = TrainingChoice.of(model, any, data);
    } catch (IllegalArgumentException e) {
      SignalTable.printVerdict("Not trained: " + e.getMessage(), width.columns(), out);
      return Optional.empty();
    }
    Training training =
        comparison.trained(
            choice,
            iterations,
            KernelsLoader.load(kernelsOptions.mode()).kernels(),
            Cluster.externalFiles(hadoop),
            cluster,
            spec.commandLine().getErr()::println);
    TrainingTable.print(training, seeds, width.columns(), out);
    return Optional.of(training);
  }

  private void print(
      Configuration configuration,
      List<Standing> standings,
      Map<String, List<Diagnosis>> diagnoses) {
    PrintWriter out = spec.commandLine().getOut();
    Diagnosis first = diagnoses.values().iterator().next().get(0);
    String head =
        "%d starts of %s, %d layers, %d rows, %d seeds each"
            .formatted(
                diagnoses.size(),
                configuration.model(),
                first.layers().size(),
                first.rows(),
                seeds);
    TextTable.wrap(head, width.columns()).forEach(out::println);
    out.println();
    StandingTable.print(standings, width.columns(), out);
    out.flush();
  }

  private void write(
      String file,
      Configuration configuration,
      List<Standing> standings,
      Map<String, List<Diagnosis>> diagnoses,
      Optional<Training> training,
      org.apache.hadoop.conf.Configuration hadoop) {
    List<NamedDiagnosis> shown =
        standings.stream()
            .map(it -> new NamedDiagnosis(it.name(), diagnoses.get(it.name()).get(0)))
            .toList();
    ReportFiles.write(
        OutputOptions.files(file, hadoop).fileSystem(),
        OutputOptions.files(file, hadoop).out(),
        ComparisonPage.of(configuration.model(), standings, shown, training));
    spec.commandLine().getOut().printf("%nReport      %s%n", file);
  }
}
