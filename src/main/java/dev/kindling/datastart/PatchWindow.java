package dev.kindling.datastart;

import dev.kindling.base.Require;
import dev.kindling.model.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What one output of a layer sees of its input: a patch. A dense layer sees the last axis, a
 * convolution in each group some channels under its kernel, which lies inside of the input where
 * that is large enough; elsewhere there are zeros.
 *
 * @param groups groups of channels, 1 for a dense layer
 * @param kernel extents of the kernel, none for a dense layer
 * @param dilations distances of its taps
 */
public record PatchWindow(int groups, List<Integer> kernel, List<Integer> dilations)
    implements Serializable {
  /** The window of a dense layer. */
  public static final PatchWindow DENSE = new PatchWindow(1, List.of(), List.of());

  public PatchWindow {
    Require.positive(groups, "groups");
    kernel = List.copyOf(kernel);
    dilations = List.copyOf(dilations);
    if (dilations.size() != kernel.size()) {
      throw new IllegalArgumentException(
          "%d dilations do not fit a kernel of %d axes".formatted(dilations.size(), kernel.size()));
    }
  }

  /** Returns the number of places of a sample that a patch can be cut at. */
  public long places(Shape input) {
    if (kernel.isEmpty()) {
      return input.elementsFrom(1) / input.dim(input.rank() - 1);
    }
    long places = 1;
    for (int axis = 0; axis < kernel.size(); axis++) {
      places *= placesAlong(input, axis);
    }
    return places;
  }

  /** Returns the number of elements of a patch. */
  public int length(Shape input) {
    if (kernel.isEmpty()) {
      return Math.toIntExact(input.dim(input.rank() - 1));
    }
    return Math.toIntExact(input.dim(1) / groups) * taps();
  }

  /**
   * Returns a patch, its elements in the order of a row of the weight.
   *
   * @param input the layer's input of several samples
   * @param values its elements
   */
  public float[] cut(Shape input, float[] values, int sample, long place, int group) {
    int length = length(input);
    int start = Math.toIntExact(sample * input.elementsFrom(1));
    float[] patch = new float[length];
    if (kernel.isEmpty()) {
      System.arraycopy(values, start + (int) place * length, patch, 0, length);
      return patch;
    }
    List<Integer> corner = corner(input, place);
    int channels = length / taps();
    for (int channel = 0; channel < channels; channel++) {
      int plane = start + (group * channels + channel) * (int) input.elementsFrom(2);
      for (int tap = 0; tap < taps(); tap++) {
        int at = offset(input, corner, tap);
        patch[channel * taps() + tap] = at < 0 ? 0 : values[plane + at];
      }
    }
    return patch;
  }

  private int taps() {
    return kernel.stream().reduce(1, Math::multiplyExact);
  }

  private long placesAlong(Shape input, int axis) {
    long span = (kernel.get(axis) - 1L) * dilations.get(axis) + 1;
    return Math.max(1, input.dim(axis + 2) - span + 1);
  }

  private List<Integer> corner(Shape input, long place) {
    List<Integer> corner = new ArrayList<>();
    long rest = place;
    for (int axis = kernel.size() - 1; axis >= 0; axis--) {
      long along = placesAlong(input, axis);
      corner.add(0, (int) (rest % along));
      rest /= along;
    }
    return corner;
  }

  /** Returns where a tap lies in a channel's plane, -1 for outside. */
  private int offset(Shape input, List<Integer> corner, int tap) {
    int rest = tap;
    int offset = 0;
    int stride = 1;
    for (int axis = kernel.size() - 1; axis >= 0; axis--) {
      int at = corner.get(axis) + rest % kernel.get(axis) * dilations.get(axis);
      int extent = Math.toIntExact(input.dim(axis + 2));
      if (at >= extent) {
        return -1;
      }
      offset += at * stride;
      stride *= extent;
      rest /= kernel.get(axis);
    }
    return offset;
  }
}
