package dev.kindling.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Ranks starts by how they train: the mean of the training loss over all iterations, the area under
 * its curve. A low end counts, and more so how soon it comes near; what a perceptron that knows all
 * its rows by heart gains in the ninth decimal does not.
 */
public final class TrainingRanking {
  /** Losses closer than this factor are alike. */
  private static final double ALIKE = StrictMath.log(1.05);

  /** So are accuracies, in shares. */
  private static final double ALIKE_ACCURACY = 0.005;

  private TrainingRanking() {}

  /**
   * Returns the starts from best to worst. Those that differ from the best of their place by less
   * than two standard errors over the seeds, or 5 percent, share it.
   */
  public static List<TrainingStanding> of(Training training) {
    List<TrainingStanding> standings = new ArrayList<>();
    training.runs().forEach((name, runs) -> standings.add(standing(name, runs, training)));
    standings.sort(Comparator.comparingDouble(TrainingStanding::loss));
    List<Mean> losses =
        standings.stream().map(it -> new Mean(StrictMath.log(it.loss()), it.error())).toList();
    List<Integer> places = Places.of(losses, ALIKE);
    return IntStream.range(0, standings.size())
        .mapToObj(i -> standings.get(i).at(places.get(i)))
        .toList();
  }

  private static TrainingStanding standing(String name, List<TrainingRun> runs, Training training) {
    Mean loss = Mean.of(runs.stream().map(run -> area(run, training.iterations())).toList());
    Mean accuracy = Mean.of(runs.stream().map(TrainingRun::accuracy).toList());
    return new TrainingStanding(
        name,
        0,
        StrictMath.exp(loss.value()),
        loss.error(),
        Mean.of(runs.stream().map(run -> run.loss(0)).toList()).value(),
        StrictMath.exp(
            Mean.of(runs.stream().map(run -> StrictMath.log(run.last())).toList()).value()),
        accuracy.value(),
        accuracy.error());
  }

  /** Logarithm of the mean; infinite if a loss is not finite. */
  private static double area(TrainingRun run, int iterations) {
    double mean =
        IntStream.rangeClosed(0, iterations).mapToDouble(run::loss).average().orElseThrow();
    return Double.isFinite(mean) ? StrictMath.log(mean) : Double.POSITIVE_INFINITY;
  }

  /** Says who trains best, or that it cannot be told; then the same of accuracy. */
  public static List<String> verdicts(List<TrainingStanding> standings) {
    List<String> best =
        standings.stream().filter(it -> it.place() == 1).map(TrainingStanding::name).toList();
    TrainingStanding first = standings.get(0);
    TrainingStanding last = standings.get(standings.size() - 1);
    String worst =
        last.place() == 1
            ? ""
            : String.format(
                Locale.ROOT,
                "; %s is last, with %s times the best mean loss",
                last.name(),
                Verdicts.number(last.loss() / first.loss()));
    return List.of(
        best.size() == 1
            ? "%s trains best%s".formatted(best.get(0), worst)
            : "%s tie in training: their losses differ by less than two standard errors over the seeds, or 5 %%%s"
                .formatted(String.join(", ", best), worst),
        accuracy(standings));
  }

  private static String accuracy(List<TrainingStanding> standings) {
    List<TrainingStanding> sorted =
        standings.stream()
            .sorted(Comparator.comparingDouble(TrainingStanding::accuracy).reversed())
            .toList();
    List<Mean> means =
        sorted.stream().map(it -> new Mean(it.accuracy(), it.accuracyError())).toList();
    List<Integer> places = Places.of(means, ALIKE_ACCURACY);
    List<String> best =
        IntStream.range(0, sorted.size())
            .filter(i -> places.get(i) == 1)
            .mapToObj(i -> sorted.get(i).name())
            .toList();
    if (best.size() == sorted.size()) {
      return "Accuracy on held-out rows is a tie: it tells no start from another";
    }
    return "Accuracy on held-out rows is best from %s%s"
        .formatted(String.join(", ", best), best.size() == 1 ? "" : ", a tie");
  }
}
