package dev.kindling.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all commands that read a configuration take. */
final class ConfigurationOptions {
  @Parameters(paramLabel = "CONFIG", description = "The configuration, a YAML file.")
  String file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides a key of the configuration, for example --set lsuv.batch=256. May be repeated.")
  List<String> overrides = new ArrayList<>();

  /** Reads the configuration. */
  Configuration read(org.apache.hadoop.conf.Configuration hadoop) {
    return read(file, overrides, hadoop);
  }

  /** Reads a configuration that is named elsewhere. */
  static Configuration read(
      String file, List<String> overrides, org.apache.hadoop.conf.Configuration hadoop) {
    Configuration configuration =
        ConfigurationReader.read(Inputs.readText("configuration", file, hadoop), file, overrides);
    return MupBase.read(configuration, hadoop);
  }
}
