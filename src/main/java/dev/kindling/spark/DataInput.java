package dev.kindling.spark;

import dev.kindling.base.Require;
import dev.kindling.media.ImageDecoder;
import dev.kindling.media.PixelLayout;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a row gives to a graph input.
 *
 * @param name name of the graph input, empty for the only one that no other names
 * @param features numeric columns in the order of a sample's elements, or one column of arrays,
 *     vectors or unsigned bytes
 * @param shape shape of one sample
 * @param scale factor on every element
 * @param mean what is subtracted after that, per channel; empty for nothing
 * @param std what is divided by at last, per channel; empty for nothing
 * @param padding what fills up arrays that are too short, empty if none may be
 * @param mask name of the graph input that is 1 where an element stems from the row and 0 where it
 *     is padding; empty for none
 * @param images decodes the only column, which holds encoded images; empty if it holds numbers
 */
public record DataInput(
    String name,
    List<String> features,
    Shape shape,
    double scale,
    List<Double> mean,
    List<Double> std,
    List<Double> padding,
    String mask,
    List<ImageDecoder> images)
    implements Serializable {
  /** Types of the graph inputs that data can be given to. */
  public static final List<ElementType> TYPES =
      Arrays.stream(ElementType.values()).filter(ElementWriter::takes).toList();

  public DataInput {
    features = List.copyOf(features);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    padding = List.copyOf(padding);
    images = List.copyOf(images);
    Require.finite(scale, "scale");
    requirePerChannel(mean, shape, channelAxis(shape, images), "mean");
    requirePerChannel(std, shape, channelAxis(shape, images), "std");
    std.forEach(number -> Require.positive(number, "std"));
  }

  /** Returns what numbers give to a graph input. */
  public DataInput(
      String name,
      List<String> features,
      Shape shape,
      double scale,
      List<Double> mean,
      List<Double> std,
      List<Double> padding,
      String mask) {
    this(name, features, shape, scale, mean, std, padding, mask, List.of());
  }

  /** Returns what goes to the only input of a graph. */
  static DataInput only(List<String> features, Shape shape, double scale) {
    return new DataInput("", features, shape, scale, List.of(), List.of(), List.of(), "");
  }

  /** Returns the same for a graph input of this name. */
  public DataInput named(String input) {
    return new DataInput(input, features, shape, scale, mean, std, padding, mask, images);
  }

  /** Returns the graph inputs that it fills. */
  public List<String> targets() {
    List<String> targets = new ArrayList<>(List.of(name));
    if (!mask.isEmpty()) {
      targets.add(mask);
    }
    return targets;
  }

  /** Returns an element as the graph sees it, before it is rounded. */
  double prepared(double value, int index) {
    int channel = mean.isEmpty() && std.isEmpty() ? 0 : channel(index);
    double centre = mean.isEmpty() ? 0 : mean.get(mean.size() == 1 ? 0 : channel);
    double spread = std.isEmpty() ? 1 : std.get(std.size() == 1 ? 0 : channel);
    return (value * scale - centre) / spread;
  }

  /** Returns whether elements are taken as they are. */
  boolean isPlain() {
    return scale == 1 && mean.isEmpty() && std.isEmpty();
  }

  private int channel(int index) {
    if (shape.rank() == 0) {
      return 0;
    }
    int axis = channelAxis(shape, images);
    return (int) (index / shape.elementsFrom(axis + 1) % shape.dim(axis));
  }

  /** The first axis, but for images that keep a pixel's channels together. */
  private static int channelAxis(Shape shape, List<ImageDecoder> images) {
    boolean last = !images.isEmpty() && images.get(0).layout() == PixelLayout.NHWC;
    return last ? shape.rank() - 1 : 0;
  }

  private static void requirePerChannel(List<Double> numbers, Shape shape, int axis, String what) {
    numbers.forEach(number -> Require.finite(number, what));
    long channels = shape.rank() == 0 ? 1 : shape.dim(axis);
    if (numbers.size() > 1 && numbers.size() != channels) {
      throw new IllegalArgumentException(
          "%s has a wrong length (expected 1 or %d, as many as the %s axis of %s, found %d)"
              .formatted(what, channels, axis == 0 ? "first" : "last", shape, numbers.size()));
    }
  }
}
