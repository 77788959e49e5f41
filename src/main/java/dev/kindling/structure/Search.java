package dev.kindling.structure;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;

/** Searches along the edges of an activation graph. */
final class Search {
  private Search() {}

  /**
   * Returns the first vertices on every way from {@code starts} that satisfy {@code wanted}, in the
   * order in which they are met; ways do not go on behind them, nor through what {@code passes}
   * rejects.
   */
  static Set<Integer> nearest(
      Collection<Integer> starts,
      Function<Integer, List<Integer>> next,
      IntPredicate wanted,
      IntPredicate passes) {
    Set<Integer> found = new LinkedHashSet<>();
    Set<Integer> seen = new LinkedHashSet<>(starts);
    Deque<Integer> open = new ArrayDeque<>(starts);
    while (!open.isEmpty()) {
      int vertex = open.remove();
      if (wanted.test(vertex)) {
        found.add(vertex);
      } else if (passes.test(vertex)) {
        next.apply(vertex).stream().filter(seen::add).forEach(open::add);
      }
    }
    return found;
  }

  /** Returns every vertex on the ways from {@code starts}, up to and with those that end a way. */
  static Set<Integer> reached(
      Collection<Integer> starts, Function<Integer, List<Integer>> next, IntPredicate ends) {
    Set<Integer> seen = new LinkedHashSet<>(starts);
    Deque<Integer> open = new ArrayDeque<>(starts);
    while (!open.isEmpty()) {
      int vertex = open.remove();
      if (!ends.test(vertex)) {
        next.apply(vertex).stream().filter(seen::add).forEach(open::add);
      }
    }
    return seen;
  }
}
