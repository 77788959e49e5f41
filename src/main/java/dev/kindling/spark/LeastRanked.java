package dev.kindling.spark;

import java.io.Serializable;
import java.util.List;
import java.util.PriorityQueue;

/** The rows of least rank among those that it was given, at most so many. */
final class LeastRanked implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int limit;
  private final PriorityQueue<Ranked> greatestFirst =
      new PriorityQueue<>(Ranked.BY_RANK.reversed());

  LeastRanked(int limit) {
    this.limit = limit;
  }

  LeastRanked add(Ranked row) {
    greatestFirst.add(row);
    if (greatestFirst.size() > limit) {
      greatestFirst.remove();
    }
    return this;
  }

  LeastRanked add(LeastRanked others) {
    others.greatestFirst.forEach(this::add);
    return this;
  }

  /** Returns the rows by rank. */
  List<Ranked> inOrder() {
    return greatestFirst.stream().sorted(Ranked.BY_RANK).toList();
  }
}
