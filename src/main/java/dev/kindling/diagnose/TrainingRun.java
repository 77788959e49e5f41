package dev.kindling.diagnose;

import java.util.List;

/**
 * How one start trained.
 *
 * @param losses mean cross-entropy of the training rows in nats, before the first iteration and
 *     after each; a run that has converged ends early
 * @param accuracy share of the held-out rows that it gets right at the end
 */
public record TrainingRun(List<Double> losses, double accuracy) {
  public TrainingRun {
    losses = List.copyOf(losses);
    if (losses.isEmpty()) {
      throw new IllegalArgumentException("a run has no loss");
    }
  }

  /** Returns the loss after so many iterations, the last one if it has converged before. */
  public double loss(int iteration) {
    return losses.get(Math.min(iteration, losses.size() - 1));
  }

  /** Returns the loss at the end. */
  public double last() {
    return losses.get(losses.size() - 1);
  }
}
