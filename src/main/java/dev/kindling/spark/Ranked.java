package dev.kindling.spark;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.stream.LongStream;

/**
 * A row by its hashes.
 *
 * @param rank hash of content and occurrence, by which the rows of a stratum are ordered
 * @param content hash of the content
 */
record Ranked(String rank, String content) implements Serializable {
  static final Comparator<Ranked> BY_RANK =
      (Comparator<Ranked> & Serializable)
          (a, b) -> {
            int byRank = a.rank.compareTo(b.rank);
            return byRank != 0 ? byRank : a.content.compareTo(b.content);
          };

  /** Returns equal rows, each with a rank of its own. */
  static Iterator<Ranked> all(String content, long count) {
    return LongStream.range(0, count)
        .mapToObj(occurrence -> new Ranked(RowHash.ofOccurrence(content, occurrence), content))
        .iterator();
  }
}
