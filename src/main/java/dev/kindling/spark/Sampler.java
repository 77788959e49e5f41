package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.base.ResourceException;
import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.forward.MicroBatch;
import dev.kindling.model.ElementType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Draws a sample that does not depend on how the dataset is stored, partitioned or ordered: the
 * rows with the smallest keyed hashes of their content and, among equal rows, of their occurrence;
 * stratified, if that is asked for. The driver sees hashes only.
 */
public final class Sampler {
  private final SparkSession spark;
  private final Function<RowLayout, JavaRDD<RowReader.Reading>> rows;
  private final DataSource source;
  private final long seed;

  /**
   * Prepares to sample.
   *
   * @param spark the session
   * @param source where rows come from
   * @param seed key of the hashes
   */
  public Sampler(SparkSession spark, DataSource source, long seed) {
    this.spark = spark;
    this.source = source;
    this.seed = seed;
    this.rows = row -> Datasets.rows(spark, source, row);
  }

  /**
   * Prepares to sample a dataset at hand.
   *
   * @param source how its rows become samples; its format and path are not read
   */
  Sampler(Dataset<Row> dataset, DataSource source, long seed) {
    this.spark = dataset.sparkSession();
    this.source = source;
    this.seed = seed;
    this.rows = row -> Datasets.rows(dataset, source, row);
  }

  /**
   * Returns the sample. Every row of the dataset is read and checked. Of several bad rows the one
   * whose complaint sorts first is named, so that it is the same one every time.
   *
   * @param types types of the graph inputs that the rows go to
   * @param settings number of rows, and how they are put together
   * @throws InputException if the dataset cannot be read, holds more bad rows than it may, or too
   *     few others
   */
  public Sample draw(Map<String, ElementType> types, LsuvSettings settings) {
    RowLayout row = RowLayout.of(source, types);
    requireSmall(row, Math.min(settings.batch(), settings.microBatch()));
    JavaRDD<RowReader.Reading> read = rows.apply(row);
    try {
      return draw(row, read, settings);
    } catch (Exception e) {
      throw Datasets.unreadable(source, e);
    }
  }

  private Sample draw(RowLayout row, JavaRDD<RowReader.Reading> rows, LsuvSettings settings) {
    Ranking ranking = new Ranking(source, rows, seed);
    Tally all = ranking.all();
    requireEnough(all, settings);
    SampleLayout layout = settings.layout(all.good());
    List<String> contents = ranking.first(layout.rows());
    return new Sample(
        microBatches(rows, contents, row, layout),
        layout,
        RowHash.ofSample(contents),
        all,
        new Calibration.Sampling(source.pipeline(), source.strata()));
  }

  private void requireEnough(Tally all, LsuvSettings settings) {
    if (all.good() < settings.fitRows()) {
      throw new InputException(
          "Cannot sample %d rows of '%s': it has only %d; lower lsuv.batch%s or give more data"
              .formatted(
                  settings.fitRows(),
                  source.path(),
                  all.good(),
                  settings.samples() > 1 ? " or lsuv.resample.max-passes" : ""));
    }
  }

  private void requireSmall(RowLayout row, int rowsTogether) {
    if (row.rowBytes() > StageTask.MAX_RECORD_BYTES / rowsTogether) {
      throw new ResourceException(
          "Cannot put %d rows of shape %s together: that is more than %d MiB; lower lsuv.micro-batch"
              .formatted(
                  rowsTogether,
                  source.inputs().stream()
                      .map(input -> input.shape().toString())
                      .collect(Collectors.joining(" and ")),
                  StageTask.MAX_RECORD_BYTES >> 20));
    }
  }

  private JavaRDD<MicroBatch> microBatches(
      JavaRDD<RowReader.Reading> rows, List<String> contents, RowLayout row, SampleLayout layout) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<Map<String, int[]>> places = context.broadcast(places(contents));
    long key = seed;
    int partitions = Math.min(layout.microBatches(), context.defaultParallelism());
    MicroBatchPartitioner partitioner = new MicroBatchPartitioner(partitions, layout);
    Assembler assembler = new Assembler(source.path(), row, layout, partitioner);
    return rows.mapToPair(found -> new Tuple2<>(Ranking.hash(key, found), found.bytes()))
        .filter(found -> places.value().containsKey(found._1()))
        .reduceByKey((a, b) -> a)
        .flatMapToPair(
            found ->
                Arrays.stream(places.value().get(found._1()))
                    .mapToObj(place -> new Tuple2<>(place, found._2()))
                    .iterator())
        .repartitionAndSortWithinPartitions(partitioner)
        .mapPartitionsWithIndex(assembler::assemble, false);
  }

  /** Returns for each content the places that its rows have in the sample. */
  private static Map<String, int[]> places(List<String> contents) {
    Map<String, List<Integer>> places = new HashMap<>();
    for (int i = 0; i < contents.size(); i++) {
      places.computeIfAbsent(contents.get(i), content -> new ArrayList<>()).add(i);
    }
    Map<String, int[]> arrays = new HashMap<>();
    places.forEach(
        (content, list) -> arrays.put(content, list.stream().mapToInt(i -> i).toArray()));
    return arrays;
  }

  /** Keeps the rows of a micro-batch together, and micro-batches in order. */
  private static final class MicroBatchPartitioner extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int partitions;
    private final SampleLayout layout;

    MicroBatchPartitioner(int partitions, SampleLayout layout) {
      this.partitions = partitions;
      this.layout = layout;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object place) {
      return partitionOf(layout.microBatchOf((Integer) place));
    }

    private int partitionOf(long microBatch) {
      return (int) (microBatch * partitions / layout.microBatches());
    }

    /** Returns the micro-batches of a partition. */
    List<Integer> microBatches(int partition) {
      return IntStream.range(0, layout.microBatches())
          .filter(microBatch -> partitionOf(microBatch) == partition)
          .boxed()
          .toList();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof MicroBatchPartitioner that
          && that.partitions == partitions
          && that.layout.equals(layout);
    }

    @Override
    public int hashCode() {
      return 31 * partitions + layout.hashCode();
    }
  }

  /**
   * Puts sorted rows together to micro-batches. The rows were chosen when the data were read
   * before, by what they held then.
   */
  private record Assembler(
      String path, RowLayout row, SampleLayout layout, MicroBatchPartitioner partitioner)
      implements Serializable {
    Iterator<MicroBatch> assemble(int partition, Iterator<Tuple2<Integer, byte[]>> sorted) {
      TreeMap<Integer, List<byte[]>> batches = new TreeMap<>();
      while (sorted.hasNext()) {
        Tuple2<Integer, byte[]> next = sorted.next();
        batches
            .computeIfAbsent(layout.microBatchOf(next._1()), unused -> new ArrayList<>())
            .add(next._2());
      }
      for (int microBatch : partitioner.microBatches(partition)) {
        requireWhole(microBatch, batches.getOrDefault(microBatch, List.of()).size());
      }
      return batches.entrySet().stream()
          .map(batch -> row.together(batch.getKey(), batch.getValue()))
          .iterator();
    }

    private void requireWhole(int microBatch, int found) {
      if (found != layout.rowCount(microBatch)) {
        throw new InputException(
            "Cannot sample '%s': it has changed since its rows were chosen (expected %d of them in micro-batch %d, found %d)"
                .formatted(path, layout.rowCount(microBatch), microBatch, found));
      }
    }
  }
}
