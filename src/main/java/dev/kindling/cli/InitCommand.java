package dev.kindling.cli;

import dev.kindling.spark.Cluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Plans and materialises. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description =
        "Initialises a model and writes the checkpoint; looks at no data but the labels of preset output_bias.")
final class InitCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;
  @Mixin private WidthOptions width;
  @Mixin private DetailOptions detail;
  @Mixin private OutputOptions outputOptions;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    new InitRun(spec, width, detail, outputOptions, kernelsOptions)
        .run(configurationOptions.read(hadoop), "init", hadoop);
    return 0;
  }
}
