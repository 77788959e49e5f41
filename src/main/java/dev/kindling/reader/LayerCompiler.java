package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Shape;
import dev.kindling.reader.LayerSpec.Bias;
import dev.kindling.reader.LayerSpec.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles layers to ONNX nodes and infers the shape behind each one. Tensors are named and laid
 * out as PyTorch's are.
 */
final class LayerCompiler {
  private final GraphAssembler graph;
  private final Problems problems;

  LayerCompiler(GraphAssembler graph, Problems problems) {
    this.graph = graph;
    this.problems = problems;
  }

  /** Compiles layers that follow each other and returns what the last one puts out. */
  Activations chain(List<LayerSpec> layers, Activations in) {
    Activations out = in;
    for (LayerSpec layer : layers) {
      out = compile(layer, out);
    }
    return out;
  }

  private Activations compile(LayerSpec layer, Activations in) {
    try {
      // Sealed switches over patterns are not in Java 17.
      if (layer instanceof LayerSpec.Dense dense) {
        return dense(dense, in);
      } else if (layer instanceof LayerSpec.Conv conv) {
        return conv(conv, in);
      } else if (layer instanceof LayerSpec.TransposedConv conv) {
        return transposedConv(conv, in);
      } else if (layer instanceof LayerSpec.Pool pool) {
        return pool(pool, in);
      } else if (layer instanceof LayerSpec.Residual residual) {
        return residual(residual, in);
      }
      return withoutWeights(layer, in);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw refuse(layer, e.getMessage());
    }
  }

  private Activations withoutWeights(LayerSpec layer, Activations in) {
    if (layer instanceof LayerSpec.Activation activation) {
      return in.with(graph.node(activation.operator(), activation.name(), in.value()));
    } else if (layer instanceof LayerSpec.Softmax softmax) {
      return softmax(softmax, in);
    } else if (layer instanceof LayerSpec.Flatten) {
      return flatten(layer.name(), in);
    } else if (layer instanceof LayerSpec.Dropout dropout) {
      String fraction = graph.scalar(dropout.name() + ".fraction", (float) dropout.fraction());
      return in.with(graph.node("Dropout", dropout.name(), in.value(), fraction));
    } else if (layer instanceof LayerSpec.GlobalAveragePool pool) {
      return globalAveragePool(pool, in);
    } else if (layer instanceof LayerSpec.BatchNorm norm) {
      return batchNorm(norm, in);
    } else if (layer instanceof LayerSpec.LayerNorm norm) {
      return layerNorm(norm, in);
    }
    throw new IllegalStateException("no compiler for " + layer);
  }

  private Activations softmax(LayerSpec.Softmax softmax, Activations in) {
    requireFeatures(softmax, in);
    return in.with(
        graph.node(
            "Softmax",
            softmax.name(),
            List.of(in.value()),
            List.of(GraphAssembler.integer("axis", -1))));
  }

  private Activations flatten(String name, Activations in) {
    String value =
        graph.node(
            "Flatten", name, List.of(in.value()), List.of(GraphAssembler.integer("axis", 1)));
    return new Activations(value, Shape.of(in.sample().elementCount()));
  }

  private Activations dense(LayerSpec.Dense dense, Activations in) {
    requireFeatures(dense, in);
    int last = in.sample().rank() - 1;
    String weight =
        graph.parameter(dense.name() + ".weight", Shape.of(dense.out(), in.sample().dim(last)));
    List<String> bias = bias(dense.name(), dense.bias(), dense.out());
    List<Long> dims = new ArrayList<>(in.sample().dims());
    dims.set(last, dense.out());
    String value =
        last == 0
            ? gemm(dense.name(), in.value(), weight, bias)
            : matMul(dense.name(), in.value(), weight, bias);
    return new Activations(value, new Shape(dims));
  }

  private String gemm(String name, String in, String weight, List<String> bias) {
    List<String> inputs = new ArrayList<>(List.of(in, weight));
    inputs.addAll(bias);
    return graph.node("Gemm", name, inputs, List.of(GraphAssembler.integer("transB", 1)));
  }

  private String matMul(String name, String in, String weight, List<String> bias) {
    List<AttributeProto> swap = List.of(GraphAssembler.integers("perm", List.of(1L, 0L)));
    String transposed = graph.node("Transpose", name + ".transpose", List.of(weight), swap);
    String product = graph.node("MatMul", name, in, transposed);
    return bias.isEmpty() ? product : graph.node("Add", name + ".add", product, bias.get(0));
  }

  private Activations conv(LayerSpec.Conv conv, Activations in) {
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

  private Activations transposedConv(LayerSpec.TransposedConv conv, Activations in) {
    requireAxes(conv, in, conv.window().rank());
    requireGroups(conv, in, conv.groups(), conv.out());
    List<Long> extents =
        Windows.transposedOutputs(conv.window(), conv.outputPadding(), in.sample());
    Shape out = Windows.shape(conv.out(), requireFit(conv, extents, in));
    Shape weight = weight(in.sample().dim(0), conv.out() / conv.groups(), conv.window());
    List<AttributeProto> attributes = attributes(conv.window(), conv.groups(), in);
    attributes.add(GraphAssembler.integers("output_padding", conv.outputPadding()));
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
    inputs.addAll(bias(layer.name(), bias, out.dim(0)));
    return new Activations(graph.node(operator, layer.name(), inputs, attributes), out);
  }

  private static List<AttributeProto> attributes(Window window, long groups, Activations in) {
    List<AttributeProto> attributes = Windows.attributes(window, in.sample());
    attributes.add(GraphAssembler.integer("group", groups));
    return attributes;
  }

  private static Shape weight(long first, long second, Window window) {
    List<Long> dims = new ArrayList<>(List.of(first, second));
    dims.addAll(window.kernel());
    return new Shape(dims);
  }

  private List<String> bias(String name, Bias bias, long out) {
    return switch (bias) {
      case PRESENT -> List.of(graph.parameter(name + ".bias", Shape.of(out)));
      case ABSENT -> List.of();
    };
  }

  private Activations pool(LayerSpec.Pool pool, Activations in) {
    requireAxes(pool, in, pool.window().rank());
    for (int axis = 0; axis < pool.window().padding().size(); axis++) {
      if (pool.window().padding().get(axis) * 2 > pool.window().kernel().get(axis)) {
        throw refuse(
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
      attributes.add(GraphAssembler.integer("count_include_pad", 1));
    }
    return new Activations(
        graph.node(pool.operator(), pool.name(), List.of(in.value()), attributes), out);
  }

  private Activations globalAveragePool(LayerSpec.GlobalAveragePool pool, Activations in) {
    if (in.sample().rank() < 2) {
      throw refuse(pool, "it needs [channels, axis...] (found %s)".formatted(in.sample()));
    }
    String mean = graph.node("GlobalAveragePool", pool.name(), in.value());
    return flatten(pool.name() + ".flatten", new Activations(mean, Shape.of(in.sample().dim(0))));
  }

  private Activations batchNorm(LayerSpec.BatchNorm norm, Activations in) {
    Shape channels = Shape.of(in.sample().dim(0));
    List<String> inputs = new ArrayList<>(List.of(in.value()));
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      inputs.add(graph.parameter(norm.name() + "." + part, channels));
    }
    return in.with(
        graph.node(
            "BatchNormalization",
            norm.name(),
            inputs,
            List.of(GraphAssembler.real("epsilon", norm.epsilon()))));
  }

  private Activations layerNorm(LayerSpec.LayerNorm norm, Activations in) {
    requireFeatures(norm, in);
    Shape features = Shape.of(in.sample().dim(in.sample().rank() - 1));
    String weight = graph.parameter(norm.name() + ".weight", features);
    String bias = graph.parameter(norm.name() + ".bias", features);
    return in.with(
        graph.node(
            "LayerNormalization",
            norm.name(),
            List.of(in.value(), weight, bias),
            List.of(
                GraphAssembler.integer("axis", -1),
                GraphAssembler.real("epsilon", norm.epsilon()))));
  }

  private Activations residual(LayerSpec.Residual residual, Activations in) {
    Activations branch = chain(residual.branch(), in);
    Activations shortcut = chain(residual.shortcut(), in);
    if (!branch.sample().equals(shortcut.sample())) {
      throw refuse(
          residual,
          "its branch and its shortcut differ in shape (branch %s, shortcut %s%s)"
              .formatted(
                  branch.sample(),
                  shortcut.sample(),
                  residual.shortcut().isEmpty() ? ", which is the input as it is" : ""));
    }
    return branch.with(graph.node("Add", residual.name(), branch.value(), shortcut.value()));
  }

  private void requireFeatures(LayerSpec layer, Activations in) {
    if (in.sample().rank() > 2) {
      throw refuse(
          layer,
          "it needs [features] or [time, features] (found %s): put flatten or global-avg-pool before it"
              .formatted(in.sample()));
    }
  }

  private void requireAxes(LayerSpec layer, Activations in, int rank) {
    if (in.sample().rank() != rank + 1) {
      throw refuse(layer, "it needs %s (found %s)".formatted(Windows.expected(rank), in.sample()));
    }
  }

  private void requireGroups(LayerSpec layer, Activations in, long groups, long out) {
    if (in.sample().dim(0) % groups != 0 || out % groups != 0) {
      throw refuse(
          layer,
          "%d groups do not divide its %d input and %d output channels"
              .formatted(groups, in.sample().dim(0), out));
    }
  }

  private List<Long> requireFit(LayerSpec layer, List<Long> extents, Activations in) {
    if (extents.stream().anyMatch(extent -> extent < 1)) {
      throw refuse(
          layer, "its kernel does not fit into the input of shape %s".formatted(in.sample()));
    }
    return extents;
  }

  private InputException refuse(LayerSpec layer, String reason) {
    return problems.refuse("layer '%s'".formatted(layer.name()), layer.line(), reason);
  }
}
