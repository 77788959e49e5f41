package dev.kindling.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the last bits of a forward pass depend on. */
public final class ForwardEnvironment {
  /** Instruction sets that ONNX Runtime's kernels are chosen by. */
  private static final List<String> FEATURES =
      List.of("fma", "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "sve");

  private ForwardEnvironment() {}

  /** Returns why stages cannot run in this JVM, if that is so. */
  public static Optional<String> obstacle() {
    return Library.OBSTACLE;
  }

  /** Asked once: the JVM gives the reason only the first time. */
  private static final class Library {
    static final Optional<String> OBSTACLE = load();

    private static Optional<String> load() {
      try {
        OnnxRuntime.environment();
        return Optional.empty();
      } catch (LinkageError | RuntimeException e) {
        Throwable reason = e;
        while (reason.getCause() != null) {
          reason = reason.getCause();
        }
        return Optional.of(reason.getMessage() == null ? reason.toString() : reason.getMessage());
      }
    }
  }

  /** Returns name and version of the library that runs stages. */
  public static String runtime() {
    return "onnxruntime " + OnnxRuntime.environment().getVersion();
  }

  /**
   * Returns this machine's architecture and those features of its processor that choose kernels.
   */
  public static String cpu() {
    return Stream.concat(Stream.of(System.getProperty("os.arch")), features())
        .collect(Collectors.joining(" "));
  }

  /** Linux lists the features of each processor; elsewhere the architecture has to do. */
  private static Stream<String> features() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      List<String> found =
          lines
              .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
              .findFirst()
              .map(line -> Arrays.asList(line.substring(line.indexOf(':') + 1).trim().split(" ")))
              .orElse(List.of());
      return FEATURES.stream().filter(found::contains);
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
