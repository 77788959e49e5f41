package dev.kindling.diagnose;

/**
 * Where a start stands among others.
 *
 * @param name what the start is called
 * @param place 1 for the best; tied starts share a place
 * @param departure typical factor by which signals depart from keeping their size, 1 at best;
 *     infinite if outputs are not finite
 * @param error standard error of its logarithm over the seeds
 * @param seeds number of seeds
 * @param forward the part of {@code departure} that outputs have
 * @param backward the part that Jacobians have
 */
public record Standing(
    String name,
    int place,
    double departure,
    double error,
    int seeds,
    double forward,
    double backward) {

  /** Returns this standing at another place. */
  Standing at(int other) {
    return new Standing(name, other, departure, error, seeds, forward, backward);
  }
}
