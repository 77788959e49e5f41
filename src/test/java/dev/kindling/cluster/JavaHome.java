package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A Java that is this one with something changed, for executors that differ from others. */
final class JavaHome {
  private JavaHome() {}

  /** Returns one with options of its own. */
  static Path with(Path folder, String name, String options) {
    return write(folder.resolve(name), "exec %s " + options + " \"$@\"");
  }

  /** Returns one that does not let Spark add the vector module. */
  static Path withoutVectorModule(Path folder) {
    return write(
        folder.resolve("no-vectors"),
        """
        for option; do
          shift
          [[ $option == --add-modules=jdk.incubator.vector ]] || set -- "$@" "$option"
        done
        exec %s "$@"
        """);
  }

  private static Path write(Path home, String script) {
    Path java = StandaloneSpark.folder(home, "bin").resolve("java");
    Path real = Path.of(System.getProperty("java.home"), "bin", "java");
    try {
      Files.writeString(java, "#!/usr/bin/env bash\n" + script.formatted(real) + "\n");
      Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return home;
  }
}
