package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.kernel.KernelsMode;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** What all commands that draw values take. */
final class KernelsOptions {
  @Option(
      names = "--kernels",
      paramLabel = "auto|scalar|simd",
      description =
          "Code that draws values: auto takes the fastest that runs here, simd insists. The values are the same.")
  private String mode = KernelsMode.AUTO.toString();

  /** Returns the kernels that the user wants. */
  KernelsMode mode() {
    return Arrays.stream(KernelsMode.values())
        .filter(known -> known.toString().equals(mode))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "Cannot use kernels '%s': there are none of that name (expected auto, scalar or simd)"
                        .formatted(mode)));
  }
}
