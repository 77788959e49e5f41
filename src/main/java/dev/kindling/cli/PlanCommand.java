package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.UnknownNameException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.checkpoint.estimate.Machines;
import dev.kindling.model.Model;
import dev.kindling.recipe.Plan;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.spark.Cluster;
import dev.kindling.structure.Explanation;
import dev.kindling.structure.Structure;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what {@code init} or {@code lsuv} would do. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Prints the recipe of a model: every tensor with its scheme, fans and standard deviation. Starts no Spark.")
final class PlanCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;
  @Mixin private WidthOptions width;
  @Mixin private EstimateOptions estimate;
  @Mixin private DetailOptions detail;

  @Option(
      names = "--for",
      paramLabel = "COMMAND",
      description =
          "Plan for 'init' or for 'lsuv', which starts from orthonormal weights unless told otherwise. Default: lsuv if"
              + " the configuration has such a section.")
  private Optional<Target> target = Optional.empty();

  @Option(names = "--json", paramLabel = "FILE", description = "Also writes the recipe to FILE.")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--explain",
      paramLabel = "TENSOR",
      description = "Prints only what is known of one tensor, and the rule that decided.")
  private Optional<String> explain = Optional.empty();

  @Spec private CommandSpec spec;

  /** The commands that have a plan. */
  enum Target {
    init,
    lsuv
  }

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Optional<Machines> machines = estimate.machines();
    Configuration configuration = configurationOptions.read(hadoop);
    if (json.isPresent() && OutputLabels.areNeeded(configuration)) {
      throw new ConfigurationException(
          "Cannot write the recipe to '%s': preset output_bias takes its numbers from labels, which plan does not read (init and lsuv do)"
              .formatted(json.get()));
    }
    Model model = ModelFiles.read(configuration, hadoop);
    Target chosen = target.orElse(configuration.lsuv().isPresent() ? Target.lsuv : Target.init);
    Plan plan =
        chosen == Target.lsuv
            ? ModelFiles.planLsuv(configuration, model)
            : ModelFiles.planInit(configuration, model);
    PrintWriter out = spec.commandLine().getOut();
    if (explain.isPresent()) {
      explain(entry(plan.recipe(), explain.get()), model, out);
    } else {
      out.printf("Plan of '%s' for %s, seed %d%n%n", chosen, model.name(), plan.recipe().seed());
      RecipeTable.print(
          plan.recipe(), detail.of(plan.recipe().entries().size(), width), width.columns(), out);
      configuration
          .lsuv()
          .filter(lsuv -> chosen == Target.lsuv)
          .ifPresent(lsuv -> out.printf("%nLSUV  %s%n", cost(lsuv.settings())));
      int layers = chosen == Target.lsuv ? ModelFiles.chosen(configuration, model).size() : 0;
      machines.ifPresent(
          it -> estimate.print(plan.recipe(), configuration.output().layout(), it, layers, out));
    }
    plan.notes().forEach(note -> spec.commandLine().getErr().println("Note: " + note));
    json.ifPresent(file -> write(ModelFiles.withDigests(plan.recipe()), file));
    return 0;
  }

  private static void explain(RecipeEntry entry, Model model, PrintWriter out) {
    out.println(RecipeTable.explain(entry));
    model.tensors().stream()
        .filter(tensor -> tensor.name().equals(entry.tensor()))
        .forEach(tensor -> TensorFacts.of(tensor).forEach(out::println));
    Explanation.of(entry.tensor(), Structure.of(model))
        .forEach(line -> out.printf("%-8s %s%n", "place", line));
    Optional.ofNullable(model.exported().get(entry.tensor()))
        .ifPresent(name -> out.printf("%-8s %s%n", "in file", name));
  }

  private static String cost(LsuvSettings settings) {
    return "one forward pass over %d rows: %d for scales%s, up to %d to check them; %s times the rows of one sample"
        .formatted(
            settings.wantedRows(),
            settings.fitRows(),
            settings.samples() == 1 ? "" : " (%d samples)".formatted(settings.samples()),
            settings.wantedRows() - settings.fitRows(),
            BigDecimal.valueOf((double) settings.wantedRows() / settings.batch())
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString());
  }

  private static RecipeEntry entry(Recipe recipe, String tensor) {
    return recipe.entries().stream()
        .filter(entry -> entry.isNamed(tensor))
        .findFirst()
        .orElseThrow(() -> unknown(recipe, tensor));
  }

  private static ConfigurationException unknown(Recipe recipe, String tensor) {
    List<String> names = recipe.entries().stream().map(RecipeEntry::tensor).toList();
    return new ConfigurationException(
        "Cannot explain: " + new UnknownNameException("tensor", tensor, names).getMessage());
  }

  private static void write(Recipe recipe, Path file) {
    try {
      Files.writeString(file, RecipeJson.toJson(recipe) + System.lineSeparator());
    } catch (IOException e) {
      throw new ConfigurationException("Cannot write the recipe to '%s': %s".formatted(file, e));
    }
  }
}
