package dev.kindling.cli;

import dev.kindling.expand.ExpandSettings;
import dev.kindling.recipe.InitSettings;
import dev.kindling.spark.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a large model's checkpoint from a small one's. */
@Command(
    name = "expand",
    mixinStandardHelpOptions = true,
    description =
        "Writes the checkpoint of a large model that computes what a trained small one does: 'init' with init.expand.from set to SMALL. The configuration names the large model; init.expand says how (method, noise, depth), rules come first. 'plan' shows what is taken from where.")
final class ExpandCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "SMALL",
      description =
          "The small model's checkpoint: a folder of ours or of safetensors, .safetensors, an index .json, or .onnx.")
  private String small;

  @Parameters(index = "1", paramLabel = "CONFIG", description = "The configuration file.")
  private String file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides a key of the configuration, for example --set init.expand.noise=10. May be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Mixin private WidthOptions width;
  @Mixin private DetailOptions detail;
  @Mixin private OutputOptions outputOptions;
  @Mixin private KernelsOptions kernelsOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    org.apache.hadoop.conf.Configuration hadoop = Cluster.hadoop();
    Configuration configuration = ConfigurationOptions.read(file, overrides, hadoop);
    new InitRun(spec, width, detail, outputOptions, kernelsOptions)
        .run(configuration.withInit(expanding(configuration.init())), "expand", hadoop);
    return 0;
  }

  private InitSettings expanding(InitSettings init) {
    return init.withExpand(
        init.expand()
            .map(expand -> expand.from(small))
            .orElseGet(
                () ->
                    new ExpandSettings(
                        small,
                        ExpandSettings.Method.HYPERCLONING,
                        OptionalDouble.empty(),
                        ExpandSettings.Depth.NONE,
                        ExpandSettings.Ends.ZERO,
                        ExpandSettings.Head.NONE,
                        0,
                        List.of())));
  }
}
