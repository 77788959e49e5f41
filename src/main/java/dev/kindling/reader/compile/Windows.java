package dev.kindling.reader.compile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.kindling.model.Shape;
import dev.kindling.reader.compile.LayerSpec.Window;
import dev.kindling.reader.graph.NewAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The arithmetic of windows that move over the spatial axes of {@code [channels, axis...]}. */
final class Windows {
  private static final List<String> AXES = List.of("depth", "height", "width");

  private Windows() {}

  /**
   * Returns the spatial extents that a convolution or pooling leaves; zero or less where the window
   * does not fit.
   */
  static List<Long> outputs(Window window, Shape sample) {
    return IntStream.range(0, window.rank())
        .mapToObj(axis -> output(window, axis, sample.dim(axis + 1)))
        .toList();
  }

  /** Returns the spatial extents that a transposed convolution makes. */
  static List<Long> transposedOutputs(Window window, List<Long> outputPadding, Shape sample) {
    return IntStream.range(0, window.rank())
        .mapToObj(
            axis ->
                (sample.dim(axis + 1) - 1) * window.stride().get(axis)
                    - 2 * window.padding().get(axis)
                    + window.span(axis)
                    + outputPadding.get(axis))
        .toList();
  }

  /** Returns the attributes that describe the window to ONNX. */
  static List<AttributeProto> attributes(Window window, Shape sample) {
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(NewAttribute.integers("kernel_shape", window.kernel()));
    attributes.add(NewAttribute.integers("strides", window.stride()));
    attributes.add(NewAttribute.integers("pads", pads(window, sample)));
    if (window.dilation().stream().anyMatch(dilation -> dilation != 1)) {
      attributes.add(NewAttribute.integers("dilations", window.dilation()));
    }
    return attributes;
  }

  /** Returns the shape with these channels and spatial extents. */
  static Shape shape(long channels, List<Long> extents) {
    return new Shape(Stream.concat(Stream.of(channels), extents.stream()).toList());
  }

  /** Returns how messages write the shape that a window over so many axes needs. */
  static String expected(int rank) {
    List<String> axes =
        rank <= AXES.size()
            ? AXES.subList(AXES.size() - rank, AXES.size())
            : List.of(rank + " axes");
    return Stream.concat(Stream.of("channels"), axes.stream())
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** With {@code same}, what is needed beyond the input goes on both sides, an odd rest behind. */
  private static List<Long> pads(Window window, Shape sample) {
    LongStream before =
        IntStream.range(0, window.rank()).mapToLong(axis -> total(window, axis, sample) / 2);
    LongStream after =
        IntStream.range(0, window.rank()).mapToLong(axis -> (total(window, axis, sample) + 1) / 2);
    return LongStream.concat(before, after).boxed().toList();
  }

  private static long total(Window window, int axis, Shape sample) {
    if (!window.isSame()) {
      return 2 * window.padding().get(axis);
    }
    long input = sample.dim(axis + 1);
    return Math.max(
        0,
        (output(window, axis, input) - 1) * window.stride().get(axis) + window.span(axis) - input);
  }

  private static long output(Window window, int axis, long input) {
    long stride = window.stride().get(axis);
    return window.isSame()
        ? (input + stride - 1) / stride
        : Math.floorDiv(input + 2 * window.padding().get(axis) - window.span(axis), stride) + 1;
  }
}
