package dev.kindling.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of its own size in memory. Only root may mount one; others skip the test.
 *
 * @param folder where it is mounted
 */
record SmallDisk(Path folder) implements AutoCloseable {
  /** Mounts one of a size on an empty folder. */
  static SmallDisk mount(Path folder, int mebibytes) {
    SmallDisk disk = new SmallDisk(folder);
    int code = disk.run("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mebibytes), "tmpfs");
    Assumptions.assumeTrue(code == 0, "a file system cannot be mounted here");
    return disk;
  }

  /** Changes its size, or whether it can be written. */
  void remount(String options) {
    int code = run("mount", "-o", "remount," + options);
    if (code != 0) {
      throw new AssertionError("mount ended with " + code);
    }
  }

  private int run(String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.add(folder.toString());
    return Program.start(folder.getParent(), "mount", Map.of(), all)
        .awaitExit(Duration.ofMinutes(1));
  }

  @Override
  public void close() {
    run("umount", "-l");
  }
}
