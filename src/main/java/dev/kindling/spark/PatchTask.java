package dev.kindling.spark;

import dev.kindling.datastart.Directions;
import dev.kindling.datastart.PatchPlaces;
import dev.kindling.datastart.PatchWindow;
import dev.kindling.forward.LayerInput;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.StageSession;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.Shape;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * Runs the graph up to a layer and cuts its input into patches.
 *
 * @param input the graph up to there
 * @param recipe the entries that it reads
 * @param window what a patch is
 * @param patches how many there shall be
 * @param rows which rows they may be cut from
 */
record PatchTask(
    LayerInput input,
    Recipe recipe,
    PatchWindow window,
    int patches,
    Rows rows,
    KernelsMode kernels,
    HadoopFiles files)
    implements Serializable {
  private static final int GROUP_SHIFT = 44;
  private static final int NUMBER_SHIFT = 31;

  /**
   * Rows by the micro-batch they are in.
   *
   * @param count number of rows that patches are cut from
   * @param together rows of a micro-batch
   */
  record Rows(int count, int together) implements Serializable {
    /** Micro-batches behind the first sample are for other things. */
    boolean has(MicroBatch rows) {
      return (long) rows.index() * together < count;
    }

    /** Gives what a layer reads of these rows, by micro-batch. */
    void read(
        LayerInput input,
        Recipe recipe,
        RecipeValues values,
        Iterator<MicroBatch> sample,
        BiConsumer<MicroBatch, TensorValue> each) {
      if (!sample.hasNext()) {
        return;
      }
      StageSession session = new StageSession(input.stage(), recipe, values);
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> session.close());
      while (sample.hasNext()) {
        MicroBatch next = sample.next();
        if (has(next)) {
          each.accept(next, session.run(next, PerChannel.ONE).next().tensor(input.stage().z()));
        }
      }
    }
  }

  /** Returns the group of channels that a patch with this key is of. */
  static int group(long key) {
    return (int) (key >>> GROUP_SHIFT);
  }

  private static long key(int group, int number, long row) {
    return ((long) group << GROUP_SHIFT) | ((long) number << NUMBER_SHIFT) | row;
  }

  /** Yields patches with keys whose order is the same for any partitioning. */
  Iterator<Tuple2<Long, float[]>> cut(Iterator<MicroBatch> sample) {
    List<Tuple2<Long, float[]>> cut = new ArrayList<>();
    RecipeValues values = new RecipeValues(recipe.seed(), ExecutorKernels.load(kernels), files);
    rows.read(
        input,
        recipe,
        values,
        sample,
        (next, value) -> cut(value, (long) next.index() * rows.together(), cut));
    return cut.iterator();
  }

  private void cut(TensorValue value, long firstRow, List<Tuple2<Long, float[]>> cut) {
    Shape shape = value.shape();
    float[] elements = value.toFloats();
    long places = window.places(shape);
    int perRow = Directions.perRow(patches, rows.count(), places);
    PatchPlaces chosen = new PatchPlaces(recipe.seed(), input.stage().layer().weight(), perRow);
    for (int sample = 0; sample < shape.dim(0); sample++) {
      for (int number = 0; number < perRow; number++) {
        long place = chosen.place(firstRow + sample, number, places);
        for (int group = 0; group < window.groups(); group++) {
          cut.add(
              new Tuple2<>(
                  key(group, number, firstRow + sample),
                  window.cut(shape, elements, sample, place, group)));
        }
      }
    }
  }
}
