package dev.kindling.checkpoint.estimate;

import dev.kindling.base.Require;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.RowLength;
import dev.kindling.checkpoint.ShardPlanner;
import dev.kindling.checkpoint.ShardRange;
import dev.kindling.checkpoint.ShardSpec;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Draw;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.DoubleStream;

/**
 * How long {@code init}, {@code verify} and {@code lsuv} take: what each of the things that may
 * bound them would need alone. Drawing, the disk and the scheduler work at the same time, so the
 * longest of them counts; start-up and the driver's own work stand beside.
 *
 * @param machines what it is for
 * @param bytes bytes of all values
 * @param tensors tensors of the recipe
 * @param tasks shards, each of them a task
 * @param init for {@code init}
 * @param verify for {@code verify}
 * @param weightSeconds seconds that an executor takes to draw all weights once, as {@code lsuv}
 *     does
 * @param isWhole whether the recipe holds nothing whose cost is unknown
 */
public record Estimate(
    Machines machines,
    long bytes,
    int tensors,
    int tasks,
    Job init,
    Job verify,
    double weightSeconds,
    boolean isWhole) {

  /** What bounds a job. */
  public enum Bound {
    DRIVER,
    SCHEDULER,
    PROCESSORS,
    LONGEST_TASK,
    DISK
  }

  /**
   * A job whose tasks are shards.
   *
   * @param driver seconds of start-up and of the driver's own work, before and after
   * @param scheduler seconds in which the driver can send all tasks
   * @param processorSeconds processor time of all tasks
   * @param longestTask processor time of the longest one
   * @param processors seconds in which the cores do all tasks, in the order in which they are sent
   * @param disk seconds in which the disks move all bytes
   */
  public record Job(
      double driver,
      double scheduler,
      double processorSeconds,
      double longestTask,
      double processors,
      double disk) {

    /** Returns the seconds from the command to its end. */
    public double seconds() {
      return driver + Math.max(scheduler, Math.max(processors, disk));
    }

    /** Returns what would have to be faster. */
    public Bound bound() {
      double work = Math.max(scheduler, Math.max(processors, disk));
      if (driver > work) {
        return Bound.DRIVER;
      }
      if (work == disk) {
        return Bound.DISK;
      }
      if (work == scheduler) {
        return Bound.SCHEDULER;
      }
      return longestTask > processors / 2 ? Bound.LONGEST_TASK : Bound.PROCESSORS;
    }
  }

  /**
   * Returns the estimate for a recipe.
   *
   * @throws dev.kindling.base.ConfigurationException if it has too many shards
   */
  public static Estimate of(Recipe recipe, CheckpointLayout layout, Machines machines) {
    List<ShardSpec> shards = ShardPlanner.plan(recipe, layout);
    Map<String, DrawCost> costs = new HashMap<>();
    recipe.entries().forEach(entry -> costs.put(entry.tensor(), new DrawCost(entry)));
    double shared = costs.values().stream().mapToDouble(DrawCost::shared).sum();
    double[] draw = new double[shards.size()];
    double[] values = new double[shards.size()];
    for (int i = 0; i < draw.length; i++) {
      for (ShardRange range : shards.get(draw.length - 1 - i).ranges()) {
        DrawCost cost = costs.get(range.tensor());
        double rowLength = RowLength.of(cost.entry().shape());
        double columns = Math.max(1, cost.entry().columns());
        double end =
            Math.min(range.endRow() * rowLength, (double) cost.entry().shape().elementCount());
        draw[i] += cost.rows(range.firstRow() * rowLength / columns, end / columns);
        values[i] += end - range.firstRow() * rowLength;
      }
    }
    long bytes = (long) (DoubleStream.of(values).sum() * layout.dtype().bytes());
    double driver = Costs.START + recipe.entries().size() * Costs.TENSOR;
    return new Estimate(
        machines,
        bytes,
        recipe.entries().size(),
        shards.size(),
        job(draw, values, Costs.ENCODE, shared, driver, bytes, machines),
        job(draw, values, Costs.COMPARE, shared, driver, bytes, machines),
        DoubleStream.of(draw).sum(),
        recipe.entries().stream().allMatch(Estimate::isKnown));
  }

  private static Job job(
      double[] draw,
      double[] values,
      double valueSeconds,
      double shared,
      double driver,
      long bytes,
      Machines machines) {
    double[] tasks = new double[draw.length];
    double all = 0;
    double longest = 0;
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] = Costs.TASK + draw[i] + values[i] * valueSeconds;
      all += tasks[i];
      longest = Math.max(longest, tasks[i]);
    }
    return new Job(
        driver,
        tasks.length * Costs.LAUNCH,
        shared + all,
        longest,
        shared / machines.slots() + makespan(tasks, machines.slots()),
        bytes / (machines.diskBytesPerSecond() * machines.executors()));
  }

  /** Each task goes to the core that is free first. */
  private static double makespan(double[] tasks, int slots) {
    PriorityQueue<Double> free = new PriorityQueue<>();
    double end = 0;
    for (double task : tasks) {
      double start = free.size() < slots ? 0 : free.remove();
      free.add(start + task);
      end = Math.max(end, start + task);
    }
    return end;
  }

  /**
   * Returns the seconds of the layers of a calibration.
   *
   * @param layers layers that are calibrated
   * @param forwardSeconds processor time of one plain forward pass of the whole sample
   */
  public double calibrationSeconds(int layers, double forwardSeconds) {
    Require.notNegative(forwardSeconds, "seconds of a forward pass");
    return layers * Costs.LAYER
        + weightSeconds
        + Costs.FORWARD_PASSES * forwardSeconds / machines.slots();
  }

  /**
   * The cost of polar factors and of kept values, which come from a file, has not been measured.
   */
  private static boolean isKnown(RecipeEntry entry) {
    return !(entry.source() instanceof Source.Drawn drawn)
        || drawn.blocks().stream()
            .noneMatch(it -> it.scheme().draw(it.fans()) instanceof Draw.PolarFactor);
  }
}
