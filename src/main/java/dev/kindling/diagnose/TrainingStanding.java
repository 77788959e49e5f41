package dev.kindling.diagnose;

/**
 * Where a start stands among others that were trained.
 *
 * @param name what the start is called
 * @param place 1 for the best; tied starts share a place
 * @param loss mean of the training loss over the iterations; geometric mean over the seeds
 * @param error standard error of its logarithm over the seeds
 * @param first mean loss before the first iteration
 * @param last geometric mean of the loss at the end
 * @param accuracy mean share of held-out rows that are right
 * @param accuracyError its standard error over the seeds
 */
public record TrainingStanding(
    String name,
    int place,
    double loss,
    double error,
    double first,
    double last,
    double accuracy,
    double accuracyError) {

  /** Returns this standing at another place. */
  TrainingStanding at(int other) {
    return new TrainingStanding(name, other, loss, error, first, last, accuracy, accuracyError);
  }
}
