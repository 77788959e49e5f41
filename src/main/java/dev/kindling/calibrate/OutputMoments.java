package dev.kindling.calibrate;

import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.StageOutput;
import dev.kindling.model.Shape;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;

/** Moments of one micro-batch of a layer's output z and of the bias spread over it. */
public final class OutputMoments {
  private final ChannelAxis axis;
  private final float[] bias;
  private final ChannelGroups groups;

  /**
   * Prepares to measure.
   *
   * @param axis where z keeps its channels
   * @param bias one value per channel, one for all, or none
   * @param groups channels that are measured together
   */
  public OutputMoments(ChannelAxis axis, float[] bias, ChannelGroups groups) {
    this.axis = axis;
    this.bias = bias.clone();
    this.groups = groups;
  }

  /** Returns the moments of all channels together. */
  public static LayerMoments of(StageOutput output, ChannelAxis axis, float[] bias) {
    return new OutputMoments(axis, bias, ChannelGroups.TOGETHER).of(output).get(0);
  }

  /**
   * Returns the moments of each group of channels.
   *
   * @throws IllegalArgumentException if bias or groups do not fit the output
   */
  public List<LayerMoments> of(StageOutput output) {
    float[] z = output.z();
    if (groups.areOne() && isUniform()) {
      return List.of(LayerMoments.ofChannel(z, 0, 1, z.length, bias(0)));
    }
    Shape shape = output.shape();
    int channelAxis = axis.in(shape);
    int channels = Math.toIntExact(shape.dim(channelAxis));
    if (bias.length > 1 && bias.length != channels) {
      throw new IllegalArgumentException(
          "a bias of %d values for an output of shape %s".formatted(bias.length, shape));
    }
    if (groups.to(groups.count() - 1, channels) != channels) {
      throw new IllegalArgumentException(
          "groups of %d channels for an output of shape %s"
              .formatted(groups.to(groups.count() - 1, channels), shape));
    }
    int inner = Math.toIntExact(shape.elementsFrom(channelAxis + 1));
    List<LayerMoments> moments = new ArrayList<>();
    for (int group = 0; group < groups.count(); group++) {
      moments.add(group(z, groups.from(group), groups.to(group, channels), channels, inner));
    }
    return moments;
  }

  private LayerMoments group(float[] z, int from, int to, int channels, int inner) {
    LayerMoments moments = LayerMoments.NONE;
    for (int channel = from; channel < to; channel++) {
      moments = moments.merge(channel(z, channel, channels, inner));
    }
    return moments;
  }

  private LayerMoments channel(float[] z, int channel, int channels, int inner) {
    int outer = z.length / Math.max(1, channels * inner);
    if (inner == 1) {
      return LayerMoments.ofChannel(z, channel, channels, outer, bias(channel));
    }
    LayerMoments moments = LayerMoments.NONE;
    for (int o = 0; o < outer; o++) {
      moments =
          moments.merge(
              LayerMoments.ofChannel(z, (o * channels + channel) * inner, 1, inner, bias(channel)));
    }
    return moments;
  }

  private float bias(int channel) {
    return switch (bias.length) {
      case 0 -> 0;
      case 1 -> bias[0];
      default -> bias[channel];
    };
  }

  private boolean isUniform() {
    for (float value : bias) {
      if (value != bias[0]) {
        return false;
      }
    }
    return true;
  }
}
