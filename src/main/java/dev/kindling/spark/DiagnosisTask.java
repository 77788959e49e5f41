package dev.kindling.spark;

import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.Diagnostician;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Probe;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.recipe.RecipeValues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import scala.Tuple2;

/**
 * What tasks need that diagnose starts; broadcast once. A start's layers are dealt out to several
 * tasks, and those of one executor share its weights.
 *
 * @param run unique per run
 * @param starts the starts
 * @param parts number of tasks per start
 * @param directions random directions per layer and micro-batch
 * @param kernels which kernels to draw with
 * @param hadoop file systems, which hold kept values
 * @param pieces where tasks find pieces of factors
 */
record DiagnosisTask(
    String run,
    List<Start> starts,
    int parts,
    int directions,
    KernelsMode kernels,
    HadoopFiles hadoop,
    PieceSource pieces)
    implements Serializable {
  private static final SharedSessions<Probe> PROBES = new SharedSessions<>(Probe::close);

  DiagnosisTask {
    starts = List.copyOf(starts);
  }

  /** Returns the number of tasks; each is known by its index. */
  int tasks() {
    return starts.size() * parts;
  }

  /** Does the work of one task, on a sample that stands behind its index. */
  Iterator<Found> run(Iterator<Tuple2<Integer, MicroBatch>> pairs) {
    List<MicroBatch> sample = new ArrayList<>();
    int task = -1;
    while (pairs.hasNext()) {
      Tuple2<Integer, MicroBatch> pair = pairs.next();
      task = pair._1();
      sample.add(pair._2());
    }
    sample.sort(Comparator.comparing(MicroBatch::index));
    return sample.isEmpty()
        ? List.<Found>of().iterator()
        : List.of(new Found(task, diagnose(task, sample))).iterator();
  }

  private Diagnosis diagnose(int task, List<MicroBatch> sample) {
    int start = task / parts;
    try (SharedSessions.Lease<Probe> lease =
        PROBES.lease(new SharedSessions.Key(run, start), () -> open(starts.get(start)))) {
      return new Diagnostician(sample, directions, ExecutorKernels.load(kernels))
          .diagnose(lease.session(), starts.get(start).recipe(), task % parts, parts);
    }
  }

  private Probe open(Start start) {
    RecipeValues values =
        new RecipeValues(
            start.recipe().seed(), ExecutorKernels.load(kernels), hadoop, pieces.open());
    return new Probe(start.plan(), start.recipe(), values);
  }

  /** Frees the weights that this JVM holds. */
  static void closeIdle() {
    PROBES.closeIdle();
  }

  /** What a task has found. */
  record Found(int task, Diagnosis diagnosis) implements Serializable {}
}
