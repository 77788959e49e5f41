package dev.kindling.calibrate;

import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;

/** Moments of a layer's output by sample, micro-batch and group; the check is the last sample. */
final class SampleMoments {
  private final List<List<List<LayerMoments>>> parts = new ArrayList<>();

  SampleMoments(List<StageMoments> moments, SampleLayout layout) {
    for (int sample = 0; sample <= layout.samples(); sample++) {
      parts.add(new ArrayList<>());
    }
    moments.forEach(part -> parts.get(layout.sampleOf(part.microBatch())).add(part.groups()));
  }

  /** Returns the moments of a sample by micro-batch and group. */
  List<List<LayerMoments>> parts(int sample) {
    return parts.get(sample);
  }

  /** Returns the moments of a sample by group. */
  List<LayerMoments> sum(int sample) {
    return MomentSums.all(parts.get(sample));
  }
}
