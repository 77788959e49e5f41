package dev.kindling.spark;

import dev.kindling.diagnose.Diagnosis;
import dev.kindling.forward.MicroBatch;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Diagnoses starts of a model on executors; the driver sees neither weights nor samples. */
final class SparkDiagnostician {
  private final JavaSparkContext context;
  private final KernelsMode kernels;
  private final Optional<Path> scratch;
  private final Consumer<String> progress;

  /**
   * Prepares to work.
   *
   * @param scratch a folder that all executors reach, for pieces of factors; without one each
   *     executor computes the factors that it needs as a whole
   * @param progress receives a line every few seconds
   */
  SparkDiagnostician(
      JavaSparkContext context,
      KernelsMode kernels,
      Optional<Path> scratch,
      Consumer<String> progress) {
    this.context = context;
    this.kernels = kernels;
    this.scratch = scratch;
    this.progress = progress;
  }

  /** Returns a diagnosis per start, in the given order. */
  List<Diagnosis> diagnose(JavaRDD<MicroBatch> sample, List<Start> starts, int directions) {
    int layers = starts.stream().mapToInt(it -> it.plan().sites().size()).max().orElse(1);
    int parts = Math.max(1, Math.min(context.defaultParallelism(), layers));
    DiagnosisTask task =
        new DiagnosisTask(
            UUID.randomUUID().toString(),
            starts,
            parts,
            directions,
            kernels,
            new HadoopFiles(context.hadoopConfiguration()),
            scratch.isPresent() ? factors(starts, scratch.get()) : PieceSource.NONE);
    List<DiagnosisTask.Found> found = run(task, sample);
    found.sort(Comparator.comparing(DiagnosisTask.Found::task));
    List<Diagnosis> all = found.stream().map(DiagnosisTask.Found::diagnosis).toList();
    return IntStream.range(0, starts.size())
        .mapToObj(i -> Diagnosis.joined(all.subList(i * parts, (i + 1) * parts)))
        .toList();
  }

  private List<DiagnosisTask.Found> run(DiagnosisTask task, JavaRDD<MicroBatch> sample) {
    context.setJobDescription("diagnose");
    Broadcast<DiagnosisTask> shared = context.broadcast(task);
    List<Integer> tasks = IntStream.range(0, task.tasks()).boxed().toList();
    TaskProgress listener = new TaskProgress("Diagnosed", tasks.size(), "parts", progress);
    context.sc().addSparkListener(listener);
    try {
      return new ArrayList<>(
          context
              .parallelize(tasks, tasks.size())
              .cartesian(sample.coalesce(1))
              .mapPartitions(pairs -> shared.value().run(pairs))
              .collect());
    } finally {
      context.sc().removeSparkListener(listener);
      DiagnosisTask.closeIdle();
    }
  }

  /** Makes the factors that starts need, and returns where they are. */
  private PieceFolder factors(List<Start> starts, Path folder) {
    PieceFolder pieces =
        new PieceFolder(
            folder.toString(),
            context.sc().applicationId(),
            new HadoopFiles(context.hadoopConfiguration()));
    SparkFactors factors = new SparkFactors(context, kernels, progress);
    for (Start start : starts) {
      List<RecipeEntry> entries = start.recipe().entries();
      factors.make(entries, start.recipe().seed(), ElementType.F32, pieces);
    }
    return pieces;
  }
}
