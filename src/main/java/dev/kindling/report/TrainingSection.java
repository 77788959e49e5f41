package dev.kindling.report;

import dev.kindling.diagnose.Training;
import dev.kindling.diagnose.TrainingRanking;
import dev.kindling.diagnose.TrainingRun;
import dev.kindling.diagnose.TrainingStanding;
import dev.kindling.report.Content.Axis;
import dev.kindling.report.Content.Curve;
import dev.kindling.report.Content.CurvePlot;
import dev.kindling.report.Content.Messages;
import dev.kindling.report.Content.Table;
import dev.kindling.report.Page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Shows how starts trained: loss against iteration, and a ranking. */
final class TrainingSection {
  private TrainingSection() {}

  /**
   * Returns the section.
   *
   * @param order names of the starts, in the order of their colours
   */
  static Section of(Training training, List<String> order) {
    List<TrainingStanding> standings = TrainingRanking.of(training);
    List<Curve> curves =
        order.stream().map(name -> curve(name, training.runs().get(name), training)).toList();
    int seeds = training.runs().values().iterator().next().size();
    return new Section(
        "Training",
        Words.format(
            "MLlib's multilayer perceptron from each start, on %,d rows, by L-BFGS; accuracy on %,d others. A start is judged by the mean of its loss over the iterations, the area under its curve. Starts that differ by less than two standard errors over the %d seeds, or 5 percent, share a place.",
            training.rows(), training.heldOut(), seeds),
        List.of(
            new Messages(Messages.Kind.NOTE, TrainingRanking.verdicts(standings)),
            table(standings),
            new CurvePlot(
                "training",
                "Loss against iteration",
                "Geometric mean over the seeds; the band reaches from the least to the largest.",
                "iteration",
                "mean cross-entropy of the training rows",
                Axis.LINEAR,
                Axis.LOG,
                curves)));
  }

  private static Table table(List<TrainingStanding> standings) {
    return new Table(
        List.of(
            Table.right("place"),
            Table.left("start"),
            Table.right("mean loss"),
            Table.right("first"),
            Table.right("last"),
            Table.right("accuracy")),
        standings.stream()
            .map(
                it ->
                    List.of(
                        String.valueOf(it.place()),
                        it.name(),
                        Words.number(it.loss()),
                        Words.number(it.first()),
                        Words.number(it.last()),
                        Words.format(
                            "%.2f%% ± %.2f", 100 * it.accuracy(), 100 * it.accuracyError())))
            .toList());
  }

  private static Curve curve(String name, List<TrainingRun> runs, Training training) {
    List<Integer> iterations = IntStream.rangeClosed(0, training.iterations()).boxed().toList();
    List<Double> x = new ArrayList<>();
    iterations.forEach(i -> x.add((double) i));
    return new Curve(
        name,
        x,
        numbers(iterations, i -> mean(runs, i)),
        numbers(iterations, i -> runs.stream().mapToDouble(run -> run.loss(i)).min().orElse(0)),
        numbers(iterations, i -> runs.stream().mapToDouble(run -> run.loss(i)).max().orElse(0)),
        Curve.Line.FOUND);
  }

  private static double mean(List<TrainingRun> runs, int iteration) {
    return StrictMath.exp(
        runs.stream()
            .mapToDouble(run -> StrictMath.log(run.loss(iteration)))
            .average()
            .orElse(Double.NaN));
  }

  private static List<Double> numbers(List<Integer> iterations, ToDoubleFunction<Integer> number) {
    return iterations.stream().map(i -> Content.finite(number.applyAsDouble(i))).toList();
  }
}
