package dev.kindling.diagnose;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How starts of one model trained, all with the same rows and the same number of iterations.
 *
 * @param rows number of rows that they were trained on
 * @param heldOut number of other rows that accuracy is of
 * @param iterations most that a run had
 * @param runs of each start, one per seed
 */
public record Training(
    long rows, long heldOut, int iterations, Map<String, List<TrainingRun>> runs) {
  public Training {
    runs = new LinkedHashMap<>(runs);
  }
}
