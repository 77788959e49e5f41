package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.Diagnostician;
import dev.kindling.diagnose.NamedDiagnosis;
import dev.kindling.diagnose.Ranking;
import dev.kindling.diagnose.Standing;
import dev.kindling.forward.MicroBatch;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.model.Model;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.report.ComparisonPage;
import dev.kindling.report.ReportFiles;
import dev.kindling.spark.Cluster;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
            + " well signals keep their size both ways. What cannot be told apart is called a tie.")
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
      names = "--report",
      paramLabel = "FILE",
      description = "Also writes an HTML file with the curves of all starts.")
  private Optional<String> report = Optional.empty();

  @Mixin private SampleOptions sampleOptions;
  @Mixin private WidthOptions width;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Configuration configuration = configurationOptions.read(hadoop);
    Model model = ModelFiles.read(configuration, hadoop);
    sampleOptions.check(configuration, model);
    if (seeds < 1 || names.size() < 2) {
      throw new ConfigurationException(
          "Cannot compare %d starts with %d seeds (expected 2 starts and 1 seed or more)"
              .formatted(names.size(), seeds));
    }
    List<StartChoice> starts =
        names.stream().distinct().map(it -> new StartChoice(it, configuration, model)).toList();
    starts.forEach(StartChoice::check);
    Map<String, List<Diagnosis>> diagnoses = diagnoses(configuration, model, starts, hadoop);
    List<Standing> standings = Ranking.of(diagnoses);
    print(configuration, standings, diagnoses);
    report.ifPresent(file -> write(file, configuration, standings, diagnoses, hadoop));
    return 0;
  }

  /** LSUV looks at rows of its own, so that it is judged on fresh ones like all others. */
  private Map<String, List<Diagnosis>> diagnoses(
      Configuration configuration,
      Model model,
      List<StartChoice> starts,
      org.apache.hadoop.conf.Configuration hadoop) {
    Kernels kernels = KernelsLoader.load(kernelsOptions.mode()).kernels();
    Map<String, List<Diagnosis>> diagnoses = new LinkedHashMap<>();
    try (Cluster cluster =
        Cluster.open(
            "kindling compare " + configuration.source(),
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      Recipe any = ModelFiles.planInit(configuration, model).recipe();
      List<List<MicroBatch>> rows = sampleOptions.draw(configuration, model, any, 2, cluster);
      Diagnostician diagnostician =
          new Diagnostician(model, rows.get(0), sampleOptions.directions(), kernels);
      for (StartChoice start : starts) {
        List<Diagnosis> found = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
          long seed = any.seed() + i;
          RecipeValues values = new RecipeValues(seed, kernels, Cluster.externalFiles(hadoop));
          found.add(diagnostician.diagnose(start.recipe(seed, rows.get(1), values), values));
        }
        diagnoses.put(start.name(), found);
      }
    }
    return diagnoses;
  }

  private void print(
      Configuration configuration,
      List<Standing> standings,
      Map<String, List<Diagnosis>> diagnoses) {
    PrintWriter out = spec.commandLine().getOut();
    Diagnosis first = diagnoses.values().iterator().next().get(0);
    out.printf(
        "%d starts of %s, %d layers, %d rows, %d seeds each%n%n",
        diagnoses.size(), configuration.model(), first.layers().size(), first.rows(), seeds);
    StandingTable.print(standings, width.columns(), out);
    out.flush();
  }

  private void write(
      String file,
      Configuration configuration,
      List<Standing> standings,
      Map<String, List<Diagnosis>> diagnoses,
      org.apache.hadoop.conf.Configuration hadoop) {
    List<NamedDiagnosis> shown =
        standings.stream()
            .map(it -> new NamedDiagnosis(it.name(), diagnoses.get(it.name()).get(0)))
            .toList();
    ReportFiles.write(
        OutputOptions.files(file, hadoop).fileSystem(),
        OutputOptions.files(file, hadoop).out(),
        ComparisonPage.of(configuration.model(), standings, shown));
    spec.commandLine().getOut().printf("%nReport      %s%n", file);
  }
}
