package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.NamedDiagnosis;
import dev.kindling.diagnose.Verdicts;
import dev.kindling.forward.ProbePlan;
import dev.kindling.model.Model;
import dev.kindling.recipe.Recipe;
import dev.kindling.report.DiagnosisPage;
import dev.kindling.report.ReportFiles;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.DataSource;
import dev.kindling.spark.Sample;
import dev.kindling.spark.Start;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says how signals travel through a model at its start. */
@Command(
    name = "diagnose",
    mixinStandardHelpOptions = true,
    description =
        "Passes a sample through a model at its start and says, layer by layer, how signals travel forward (second"
            + " moment, variance, flat and dead units, cosine between samples, effective rank, entropy of attention) and"
            + " backward (mean square singular value of the Jacobian to the last layer), and what to do about it. Every"
            + " executor holds the whole model.")
final class DiagnoseCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "CONFIG|CKPT",
      description =
          "The configuration, a YAML file: its model as init would start it. Or a checkpoint's folder.")
  private String path;

  @Option(
      names = "--config",
      paramLabel = "CONFIG",
      description = "With a checkpoint: the configuration that names its model and the data.")
  private Optional<String> config = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the configuration. May be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also writes an HTML file with plots.")
  private Optional<String> report = Optional.empty();

  @Option(
      names = "--all",
      description = "Prints every layer; otherwise 40 at equal distances where there are more.")
  private boolean all;

  @Mixin private SampleOptions sampleOptions;
  @Mixin private ScratchOptions scratchOptions;
  @Mixin private WidthOptions width;
  @Mixin private KeptFilesOptions kept;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Optional<Recipe> stored = stored(hadoop);
    String source = stored.isPresent() ? required() : path;
    Configuration configuration =
        MupBase.read(
            ConfigurationReader.read(
                Inputs.readText("configuration", source, hadoop), source, overrides),
            hadoop);
    Model model = ModelFiles.read(configuration, hadoop);
    stored.ifPresent(it -> kept.check(it, path, Optional.of(configuration.model()), hadoop));
    sampleOptions.check(configuration, model);
    Recipe recipe = stored.orElseGet(() -> ModelFiles.planInit(configuration, model).recipe());
    requireSameTensors(model, recipe);
    Diagnosis diagnosis = diagnose(configuration, model, recipe);
    print(diagnosis);
    report.ifPresent(file -> write(file, diagnosis, hadoop));
    return 0;
  }

  private Diagnosis diagnose(Configuration configuration, Model model, Recipe recipe) {
    DataSource data = SampleOptions.source(configuration, model, recipe);
    Start start = new Start(ProbePlan.of(model, recipe, data.shapes()), recipe);
    try (Cluster cluster =
        Cluster.open(
            "kindling diagnose " + path,
            kernelsOptions.mode(),
            spec.commandLine().getErr()::println)) {
      Sample sample = sampleOptions.draw(data, model, recipe, 1, cluster).get(0);
      return cluster
          .diagnose(
              sample, List.of(start), sampleOptions.directions(), scratchOptions.folder(cluster))
          .get(0);
    }
  }

  private void print(Diagnosis diagnosis) {
    PrintWriter out = spec.commandLine().getOut();
    diagnosis.remarks().forEach(it -> spec.commandLine().getErr().println("Note: " + it));
    out.printf(
        "%d layers, %d rows, %d directions per layer%n%n",
        diagnosis.layers().size(), diagnosis.rows(), diagnosis.directions());
    SignalTable.print(diagnosis, all ? Integer.MAX_VALUE : SignalTable.ROWS, width.columns(), out);
    out.println();
    List<String> verdicts = Verdicts.of(diagnosis);
    if (verdicts.isEmpty()) {
      out.println("Signals keep their size both ways.");
    }
    verdicts.forEach(line -> SignalTable.printVerdict(line, width.columns(), out));
    out.flush();
  }

  private void write(
      String file, Diagnosis diagnosis, org.apache.hadoop.conf.Configuration hadoop) {
    ReportFiles.write(
        OutputOptions.files(file, hadoop).fileSystem(),
        OutputOptions.files(file, hadoop).out(),
        new DiagnosisPage(path, List.of(new NamedDiagnosis(path, diagnosis))).page(List.of()));
    spec.commandLine().getOut().printf("%nReport      %s%n", file);
  }

  private Optional<Recipe> stored(org.apache.hadoop.conf.Configuration hadoop) {
    return Sources.isFolder(path, hadoop)
        ? Optional.of(Sources.checkpoint(path, hadoop).recipe())
        : Optional.empty();
  }

  private String required() {
    return config.orElseThrow(
        () ->
            new ConfigurationException(
                "Cannot diagnose checkpoint '%s': it holds no graph and no data; give --config CONFIG that names both"
                    .formatted(path)));
  }

  private void requireSameTensors(Model model, Recipe recipe) {
    List<String> missing =
        model.tensors().stream()
            .map(tensor -> tensor.name())
            .filter(name -> recipe.entries().stream().noneMatch(entry -> entry.isNamed(name)))
            .toList();
    if (!missing.isEmpty()) {
      throw new ConfigurationException(
          "Cannot diagnose checkpoint '%s': it is of another model (tensor '%s' is missing)"
              .formatted(path, missing.get(0)));
    }
  }
}
