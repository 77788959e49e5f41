package dev.kindling.reader.compile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.kindling.model.Shape;
import dev.kindling.reader.compile.LayerSpec.Bias;
import dev.kindling.reader.compile.LayerSpec.Window;
import dev.kindling.reader.graph.NewAttribute;
import java.util.ArrayList;
import java.util.List;

/** Compiles what moves a window over spatial axes: convolutions and poolings. */
final class ConvolutionCompiler {
  private final GraphAssembler graph;
  private final Refusals refusals;

  ConvolutionCompiler(GraphAssembler graph, Refusals refusals) {
    this.graph = graph;
    this.refusals = refusals;
  }

  Activations conv(LayerSpec.Conv conv, Activations in) {
    requireAxes(conv, in, conv.window().rank());
    requireGroups(conv, in, conv.groups(), conv.out());
    Shape out =
        Windows.shape(
            conv.out(), requireFit(conv, Windows.outputs(conv.window(), in.sample()), in));
    long channels = in.sample().dim(0) / conv.groups();
    Shape weight = weight(conv.out(), channels, conv.window());
    return convolution(
        "Conv", conv, in, weight, conv.bias(), attributes(conv.window(), conv.groups(), in), out);
  }

  Activations depthwise(LayerSpec.Depthwise layer, Activations in) {
    requireAxes(layer, in, layer.window().rank());
    long channels = in.sample().dim(0);
    return conv(
        new LayerSpec.Conv(
            layer.name(),
            layer.line(),
            Math.multiplyExact(channels, layer.multiplier()),
            layer.window(),
            channels,
            layer.bias()),
        in);
  }

  Activations transposedConv(LayerSpec.TransposedConv conv, Activations in) {
    requireAxes(conv, in, conv.window().rank());
    requireGroups(conv, in, conv.groups(), conv.out());
    List<Long> extents =
        Windows.transposedOutputs(conv.window(), conv.outputPadding(), in.sample());
    Shape out = Windows.shape(conv.out(), requireFit(conv, extents, in));
    Shape weight = weight(in.sample().dim(0), conv.out() / conv.groups(), conv.window());
    List<AttributeProto> attributes = attributes(conv.window(), conv.groups(), in);
    attributes.add(NewAttribute.integers("output_padding", conv.outputPadding()));
    return convolution("ConvTranspose", conv, in, weight, conv.bias(), attributes, out);
  }

  private Activations convolution(
      String operator,
      LayerSpec layer,
      Activations in,
      Shape weight,
      Bias bias,
      List<AttributeProto> attributes,
      Shape out) {
    List<String> inputs =
        new ArrayList<>(List.of(in.value(), graph.parameter(layer.name() + ".weight", weight)));
    if (bias == Bias.PRESENT) {
      inputs.add(graph.parameter(layer.name() + ".bias", Shape.of(out.dim(0))));
    }
    return new Activations(graph.node(operator, layer.name(), inputs, attributes), out);
  }

  private static List<AttributeProto> attributes(Window window, long groups, Activations in) {
    List<AttributeProto> attributes = Windows.attributes(window, in.sample());
    attributes.add(NewAttribute.integer("group", groups));
    return attributes;
  }

  private static Shape weight(long first, long second, Window window) {
    List<Long> dims = new ArrayList<>(List.of(first, second));
    dims.addAll(window.kernel());
    return new Shape(dims);
  }

  Activations pool(LayerSpec.Pool pool, Activations in) {
    requireAxes(pool, in, pool.window().rank());
    for (int axis = 0; axis < pool.window().padding().size(); axis++) {
      if (pool.window().padding().get(axis) * 2 > pool.window().kernel().get(axis)) {
        throw refusals.refuse(
            pool,
            "padding %s is more than half of the kernel %s"
                .formatted(pool.window().padding(), pool.window().kernel()));
      }
    }
    Shape out =
        Windows.shape(
            in.sample().dim(0), requireFit(pool, Windows.outputs(pool.window(), in.sample()), in));
    List<AttributeProto> attributes = Windows.attributes(pool.window(), in.sample());
    if (pool.operator().equals("AveragePool")) {
      attributes.add(NewAttribute.integer("count_include_pad", 1));
    }
    return new Activations(
        graph.node(pool.operator(), pool.name(), List.of(in.value()), attributes), out);
  }

  Activations globalAveragePool(LayerSpec.GlobalAveragePool pool, Activations in) {
    if (in.sample().rank() < 2) {
      throw refusals.refuse(pool, "it needs [channels, axis...] (found %s)".formatted(in.sample()));
    }
    String mean = graph.node("GlobalAveragePool", pool.name(), in.value());
    String flat =
        graph.node(
            "Flatten",
            pool.name() + ".flatten",
            List.of(mean),
            List.of(NewAttribute.integer("axis", 1)));
    return new Activations(flat, Shape.of(in.sample().dim(0)));
  }

  private void requireAxes(LayerSpec layer, Activations in, int rank) {
    if (in.sample().rank() != rank + 1) {
      throw refusals.refuse(
          layer, "it needs %s (found %s)".formatted(Windows.expected(rank), in.sample()));
    }
  }

  private void requireGroups(LayerSpec layer, Activations in, long groups, long out) {
    if (in.sample().dim(0) % groups != 0 || out % groups != 0) {
      throw refusals.refuse(
          layer,
          "%d groups do not divide its %d input and %d output channels"
              .formatted(groups, in.sample().dim(0), out));
    }
  }

  private List<Long> requireFit(LayerSpec layer, List<Long> extents, Activations in) {
    if (extents.stream().anyMatch(extent -> extent < 1)) {
      throw refusals.refuse(
          layer, "its kernel does not fit into the input of shape %s".formatted(in.sample()));
    }
    return extents;
  }
}
