package dev.kindling.spark;

import dev.kindling.base.InputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * The rows of a dataset in an order that depends on the seed and on their content alone. Among the
 * n rows of a stratum the one of rank j, counted from 0, has the place {@code (j + 0.5) / n}, so
 * that every beginning of the order holds each stratum by its share, to within a row. The driver
 * sees hashes of the rows that it asks for, and no others.
 */
final class Ranking {
  /** Stands before a problem in the place of a hash. */
  private static final String BAD = "!";

  private static final int MAX_STRATA = 1 << 16;

  private final DataSource source;
  private final JavaPairRDD<Tuple2<String, String>, Long> counts;
  private final Map<String, Tally> strata = new HashMap<>();

  /**
   * Reads and counts the rows.
   *
   * @param key key of the hashes
   * @throws InputException if more rows are bad than may be
   */
  Ranking(DataSource source, JavaRDD<RowReader.Reading> rows, long key) {
    this.source = source;
    this.counts =
        rows.mapToPair(row -> new Tuple2<>(new Tuple2<>(row.stratum(), hash(key, row)), 1L))
            .reduceByKey(Long::sum);
    count();
    requireGood(all());
  }

  /** Returns the hash of a row, or its problem in the place of one. */
  static String hash(long key, RowReader.Reading row) {
    return row.isBad() ? BAD + row.problem() : RowHash.ofContent(key, row.bytes());
  }

  private void count() {
    List<Tuple2<String, Tally>> found =
        counts
            .mapToPair(row -> new Tuple2<>(row._1()._1(), tally(row._1()._2(), row._2())))
            .reduceByKey(Tally::plus)
            .take(MAX_STRATA + 1);
    if (found.size() > MAX_STRATA) {
      throw new InputException(
          "Cannot stratify by column '%s' of '%s': it has more than %d values"
              .formatted(source.strata(), source.path(), MAX_STRATA));
    }
    found.forEach(stratum -> strata.put(stratum._1(), stratum._2()));
  }

  private static Tally tally(String hash, long count) {
    return hash.startsWith(BAD)
        ? new Tally(0, count, hash.substring(BAD.length()))
        : new Tally(count, 0, "");
  }

  private void requireGood(Tally all) {
    if (all.bad() <= source.maxBadShare() * all.rows()) {
      return;
    }
    List<String> problems = new ArrayList<>();
    if (source.maxBadShare() > 0) {
      problems.add(
          "Cannot sample '%s': too many of its rows are bad (expected at most a share of %s, found %d of %d); for example:"
              .formatted(source.path(), source.maxBadShare(), all.bad(), all.rows()));
    }
    problems.add(all.problem());
    throw new InputException(problems);
  }

  /** Returns how many rows there are. */
  Tally all() {
    return strata.values().stream().reduce(Tally.NONE, Tally::plus);
  }

  /** Returns the hashes of the first rows, or of all if there are fewer. */
  List<String> first(int wanted) {
    Map<String, Integer> limits = limits(wanted);
    List<Tuple2<String, LeastRanked>> found =
        counts
            .filter(row -> !row._1()._2().startsWith(BAD))
            .mapPartitionsToPair(rows -> least(rows, limits))
            .reduceByKey(LeastRanked::add)
            .collect();
    List<Placed> placed = new ArrayList<>();
    for (Tuple2<String, LeastRanked> stratum : found) {
      List<Ranked> rows = stratum._2().inOrder();
      for (int rank = 0; rank < rows.size(); rank++) {
        double place = (rank + 0.5) / strata.get(stratum._1()).good();
        placed.add(new Placed(place, rows.get(rank)));
      }
    }
    return placed.stream()
        .sorted(Placed.IN_ORDER)
        .limit(wanted)
        .map(row -> row.row().content())
        .toList();
  }

  /**
   * Returns how many rows of a stratum the first ones can hold at most. Up to a place t a stratum
   * of n rows has n t rows, give or take a half, and all of them together {@code wanted}.
   */
  private Map<String, Integer> limits(int wanted) {
    double all = all().good();
    double most = wanted + strata.size() / 2.0;
    Map<String, Integer> limits = new HashMap<>();
    strata.forEach(
        (stratum, tally) ->
            limits.put(
                stratum, (int) Math.min(wanted, Math.floor(tally.good() * most / all + 0.5) + 1)));
    return limits;
  }

  private static Iterator<Tuple2<String, LeastRanked>> least(
      Iterator<Tuple2<Tuple2<String, String>, Long>> rows, Map<String, Integer> limits) {
    Map<String, LeastRanked> least = new HashMap<>();
    rows.forEachRemaining(
        row -> {
          LeastRanked stratum =
              least.computeIfAbsent(row._1()._1(), name -> new LeastRanked(limits.get(name)));
          Ranked.all(row._1()._2(), row._2()).forEachRemaining(stratum::add);
        });
    return least.entrySet().stream()
        .map(stratum -> new Tuple2<>(stratum.getKey(), stratum.getValue()))
        .iterator();
  }

  /**
   * A row and its place. Quotients are rounded correctly, so that equal ones are equal here too.
   */
  private record Placed(double place, Ranked row) {
    static final Comparator<Placed> IN_ORDER =
        Comparator.comparingDouble(Placed::place).thenComparing(Placed::row, Ranked.BY_RANK);
  }
}
