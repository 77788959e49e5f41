package dev.kindling.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A small checkpoint for tests of other packages. */
public final class SampleCheckpoint {
  private SampleCheckpoint() {}

  /** Writes it as float32. */
  public static void write(Path folder) throws IOException {
    Sample.write(folder, Sample.LAYOUT);
  }

  /** Returns the values of one of its tensors. */
  public static float[] values(String tensor) {
    return Sample.values(tensor);
  }
}
