package dev.kindling.diagnose;

import java.util.ArrayList;
import java.util.List;

/** Places of what stands in order: those that tie with the best of their place share it. */
final class Places {
  private Places() {}

  /**
   * Returns a place for each, 1 for the first.
   *
   * @param sorted from best to worst
   * @param atLeast smallest difference that counts
   */
  static List<Integer> of(List<Mean> sorted, double atLeast) {
    List<Integer> places = new ArrayList<>();
    int leader = 0;
    for (int i = 0; i < sorted.size(); i++) {
      if (!sorted.get(leader).ties(sorted.get(i), atLeast)) {
        leader = i;
      }
      places.add(leader + 1);
    }
    return places;
  }
}
