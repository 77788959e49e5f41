package dev.kindling.forward;

import com.google.protobuf.ByteString;
import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.Objects;

/**
 * How a layer runs whose weight is too large for one piece: the stage leaves the layer's input, and
 * each slice of the weight makes the part of z that lies in its range of output channels.
 *
 * @param onnx the layer's node as a model: inputs {@code input} and {@code weight}, of which any
 *     number of output channels may be given; output z
 * @param input name of the layer's input, as the stage leaves it
 * @param weight name of the weight in the graph
 * @param axis axis of the weight that counts output channels, 0 or 1
 * @param channels number of output channels
 * @param width output channels of a slice; the last may have fewer
 */
public record Slices(
    ByteString onnx, String input, String weight, int axis, long channels, long width)
    implements Serializable {
  public Slices {
    Objects.requireNonNull(onnx, "onnx is null");
    Require.notBlank(input, "input");
    Require.notBlank(weight, "weight");
    Require.notNegative(axis, "axis");
    Require.positive(channels, "channels");
    Require.positive(width, "width");
  }

  /** Returns the number of slices. */
  public int count() {
    return Math.toIntExact((channels + width - 1) / width);
  }

  /** Returns the first output channel of a slice. */
  public int from(int slice) {
    return Math.toIntExact(slice * width);
  }

  /** Returns one past the last output channel of a slice. */
  public int to(int slice) {
    return Math.toIntExact(Math.min(channels, (slice + 1) * width));
  }
}
