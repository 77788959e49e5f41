package dev.kindling.calibrate;

import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Moments of several micro-batches together, all of them or all but one. */
final class MomentSums {
  private MomentSums() {}

  /** Returns the moments of each group over all micro-batches, merged in their order. */
  static List<LayerMoments> all(List<List<LayerMoments>> microBatches) {
    List<LayerMoments> sum = List.of();
    for (List<LayerMoments> next : microBatches) {
      sum = merge(sum, next);
    }
    return sum;
  }

  /** Returns for each micro-batch the moments of all others. */
  static List<List<LayerMoments>> withoutEach(List<List<LayerMoments>> microBatches) {
    int count = microBatches.size();
    List<List<LayerMoments>> behind = new ArrayList<>();
    behind.add(List.of());
    for (int i = count - 1; i > 0; i--) {
      behind.add(merge(microBatches.get(i), behind.get(behind.size() - 1)));
    }
    Collections.reverse(behind);
    List<List<LayerMoments>> without = new ArrayList<>();
    List<LayerMoments> before = List.of();
    for (int i = 0; i < count; i++) {
      without.add(merge(before, behind.get(i)));
      before = merge(before, microBatches.get(i));
    }
    return without;
  }

  private static List<LayerMoments> merge(List<LayerMoments> a, List<LayerMoments> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    List<LayerMoments> merged = new ArrayList<>();
    for (int group = 0; group < a.size(); group++) {
      merged.add(a.get(group).merge(b.get(group)));
    }
    return merged;
  }
}
