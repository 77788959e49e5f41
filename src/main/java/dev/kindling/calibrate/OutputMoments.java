package dev.kindling.calibrate;

import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.StageOutput;
import dev.kindling.model.Shape;
import dev.kindling.stats.LayerMoments;

/** Moments of one micro-batch of a layer's output. */
public final class OutputMoments {
  private OutputMoments() {}

  /**
   * Returns the moments of z and of the bias spread over it.
   *
   * @param output what a stage made of a micro-batch
   * @param axis where z keeps its channels
   * @param bias one value per channel, one for all, or none
   */
  public static LayerMoments of(StageOutput output, ChannelAxis axis, float[] bias) {
    float[] z = output.z();
    if (isUniform(bias)) {
      return LayerMoments.ofChannel(z, 0, 1, z.length, bias.length == 0 ? 0 : bias[0]);
    }
    Shape shape = output.shape();
    int channelAxis = axis.in(shape);
    int channels = Math.toIntExact(shape.dim(channelAxis));
    if (bias.length != channels) {
      throw new IllegalArgumentException(
          "a bias of %d values for an output of shape %s".formatted(bias.length, shape));
    }
    int inner = Math.toIntExact(shape.elementsFrom(channelAxis + 1));
    int outer = z.length / (channels * inner);
    LayerMoments moments = LayerMoments.NONE;
    for (int channel = 0; channel < channels; channel++) {
      moments = moments.merge(channel(z, channel, channels, inner, outer, bias[channel]));
    }
    return moments;
  }

  private static LayerMoments channel(
      float[] z, int channel, int channels, int inner, int outer, float bias) {
    if (inner == 1) {
      return LayerMoments.ofChannel(z, channel, channels, outer, bias);
    }
    LayerMoments moments = LayerMoments.NONE;
    for (int o = 0; o < outer; o++) {
      moments =
          moments.merge(
              LayerMoments.ofChannel(z, (o * channels + channel) * inner, 1, inner, bias));
    }
    return moments;
  }

  private static boolean isUniform(float[] bias) {
    for (float value : bias) {
      if (value != bias[0]) {
        return false;
      }
    }
    return true;
  }
}
