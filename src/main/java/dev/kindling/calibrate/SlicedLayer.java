package dev.kindling.calibrate;

import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.SliceSession;
import dev.kindling.forward.Slices;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StageOutput;
import dev.kindling.forward.TensorValue;
import dev.kindling.stats.LayerMoments;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a layer whose weight comes in slices does with them: each is measured by itself, and they
 * are put together in their order.
 *
 * @param stage a stage with slices
 * @param groups channels that are measured together
 */
public record SlicedLayer(Stage stage, ChannelGroups groups) {
  /**
   * What a slice makes of one micro-batch.
   *
   * @param moments one per group of channels that the slice has a part of
   * @param output its part of z, if later stages need z
   */
  public record Part(List<LayerMoments> moments, List<TensorValue> output) implements Serializable {
    public Part {
      moments = List.copyOf(moments);
      output = List.copyOf(output);
    }
  }

  /** Runs a slice on what the stage has left of a micro-batch. */
  public Part run(SliceSession session, int slice, MicroBatch left) {
    StageOutput output = session.run(left);
    ChannelGroups own = groups.within(slices().from(slice), slices().to(slice));
    return new Part(
        new OutputMoments(stage.channelAxis(), session.bias(), own).of(output),
        List.copyOf(output.next().live().values()));
  }

  /** Returns the moments of all slices, given in their order. */
  public List<LayerMoments> moments(List<Part> parts) {
    LayerMoments[] moments = new LayerMoments[groups.count()];
    Arrays.fill(moments, LayerMoments.NONE);
    for (int slice = 0; slice < parts.size(); slice++) {
      int group = groups.groupOf(slices().from(slice));
      for (LayerMoments part : parts.get(slice).moments()) {
        moments[group] = moments[group].merge(part);
        group++;
      }
    }
    return List.of(moments);
  }

  /** Returns the frontier after the stage. */
  public MicroBatch next(MicroBatch left, List<Part> parts) {
    SortedMap<String, TensorValue> live = new TreeMap<>(left.live());
    live.remove(slices().input());
    if (stage.keepsOutput()) {
      List<TensorValue> outputs = new ArrayList<>();
      parts.forEach(part -> outputs.addAll(part.output()));
      int axis = stage.channelAxis().in(outputs.get(0).shape());
      live.put(stage.z(), TensorValue.joined(outputs, axis));
    }
    return new MicroBatch(left.index(), live);
  }

  private Slices slices() {
    return stage.slices().orElseThrow();
  }
}
