package dev.kindling.reader.compile;

import dev.kindling.base.InputException;
import dev.kindling.base.UnknownNameException;
import dev.kindling.model.Shape;
import dev.kindling.reader.file.Problems;
import dev.kindling.reader.graph.NewAttribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles layers to ONNX nodes and infers the shape behind each one. Tensors are named and laid
 * out as PyTorch's are, those of recurrent layers as ONNX's.
 */
public final class LayerCompiler {
  private final GraphAssembler graph;
  private final Refusals refusals;
  private final ConvolutionCompiler convolutions;
  private final FunctionCompiler functions;
  private final NormCompiler norms;
  private final DenseCompiler dense;
  private final AttentionCompiler attentions;
  private final RecurrentCompiler recurrences;
  private final Map<String, Activations> named = new LinkedHashMap<>();

  public LayerCompiler(GraphAssembler graph, Problems problems, List<Activations> inputs) {
    this.graph = graph;
    this.refusals = new Refusals(problems);
    this.convolutions = new ConvolutionCompiler(graph, refusals);
    this.functions = new FunctionCompiler(graph);
    this.norms = new NormCompiler(graph, refusals);
    this.dense = new DenseCompiler(graph, functions, refusals);
    this.attentions = new AttentionCompiler(graph, dense, refusals);
    this.recurrences = new RecurrentCompiler(graph, refusals);
    inputs.forEach(input -> named.put(input.value(), input));
  }

  /** Compiles layers that follow each other and returns what the last one puts out. */
  public Activations chain(List<LayerSpec> layers, Activations in) {
    Activations out = in;
    for (LayerSpec layer : layers) {
      out = compile(layer, out);
      named.put(layer.name(), out);
    }
    return out;
  }

  private Activations compile(LayerSpec layer, Activations in) {
    try {
      requireNumbers(layer, in);
      // Sealed switches over patterns are not in Java 17.
      if (layer instanceof LayerSpec.Residual residual) {
        return residual(residual, in);
      } else if (layer instanceof LayerSpec.From from) {
        return named(layer, from.layer());
      } else if (layer instanceof LayerSpec.Add add) {
        return sum(add, in);
      } else if (layer instanceof LayerSpec.Concat concat) {
        return concat(concat, in);
      } else if (layer instanceof LayerSpec.Flatten) {
        return flatten(layer.name(), in);
      } else if (layer instanceof LayerSpec.Dropout dropout) {
        String fraction = graph.scalar(dropout.name() + ".fraction", dropout.fraction());
        return in.with(graph.node("Dropout", dropout.name(), in.value(), fraction));
      } else if (layer instanceof LayerSpec.Softmax softmax) {
        return softmax(softmax, in);
      } else if (layer instanceof LayerSpec.Activation function) {
        return functions.function(function, in);
      }
      return withWeights(layer, in);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw refuse(layer, e.getMessage());
    }
  }

  private Activations withWeights(LayerSpec layer, Activations in) {
    if (layer instanceof LayerSpec.Dense only) {
      return dense.dense(only, in);
    } else if (layer instanceof LayerSpec.Mlp mlp) {
      return dense.mlp(mlp, in);
    } else if (layer instanceof LayerSpec.Embedding embedding) {
      return dense.embedding(embedding, in);
    } else if (layer instanceof LayerSpec.PositionEmbedding embedding) {
      return dense.position(embedding, in);
    } else if (layer instanceof LayerSpec.Attention attention) {
      Activations memory = attention.memory().map(name -> named(layer, name)).orElse(in);
      return attentions.attention(attention, in, memory);
    } else if (layer instanceof LayerSpec.Recurrent recurrent) {
      return recurrences.recurrent(recurrent, in);
    }
    return windowOrNorm(layer, in);
  }

  private Activations windowOrNorm(LayerSpec layer, Activations in) {
    if (layer instanceof LayerSpec.Conv conv) {
      return convolutions.conv(conv, in);
    } else if (layer instanceof LayerSpec.Depthwise conv) {
      return convolutions.depthwise(conv, in);
    } else if (layer instanceof LayerSpec.TransposedConv conv) {
      return convolutions.transposedConv(conv, in);
    } else if (layer instanceof LayerSpec.Pool pool) {
      return convolutions.pool(pool, in);
    } else if (layer instanceof LayerSpec.GlobalAveragePool pool) {
      return convolutions.globalAveragePool(pool, in);
    } else if (layer instanceof LayerSpec.BatchNorm norm) {
      return norms.batchNorm(norm, in);
    } else if (layer instanceof LayerSpec.LayerNorm norm) {
      return norms.layerNorm(norm, in);
    } else if (layer instanceof LayerSpec.RmsNorm norm) {
      return norms.rmsNorm(norm, in);
    } else if (layer instanceof LayerSpec.Scale scale) {
      return norms.scale(scale, in);
    } else if (layer instanceof LayerSpec.Shift shift) {
      return norms.shift(shift, in);
    } else if (layer instanceof LayerSpec.PRelu prelu) {
      return norms.prelu(prelu, in);
    }
    throw new IllegalStateException("no compiler for " + layer);
  }

  private void requireNumbers(LayerSpec layer, Activations in) {
    boolean takesIds = layer instanceof LayerSpec.Embedding || layer instanceof LayerSpec.From;
    if (!in.type().isFloat() && !takesIds) {
      throw refuse(layer, "it needs numbers and gets token ids: put an embedding before it");
    }
  }

  private Activations named(LayerSpec layer, String name) {
    if (!named.containsKey(name)) {
      throw refuse(
          layer, new UnknownNameException("earlier layer", name, named.keySet()).getMessage());
    }
    return named.get(name);
  }

  private Activations softmax(LayerSpec.Softmax softmax, Activations in) {
    refusals.requireFeatures(softmax, in);
    return in.with(
        graph.node(
            "Softmax",
            softmax.name(),
            List.of(in.value()),
            List.of(NewAttribute.integer("axis", -1))));
  }

  private Activations flatten(String name, Activations in) {
    String value =
        graph.node("Flatten", name, List.of(in.value()), List.of(NewAttribute.integer("axis", 1)));
    return new Activations(value, Shape.of(in.sample().elementCount()));
  }

  private Activations sum(LayerSpec.Add add, Activations in) {
    Activations sum = in;
    for (String name : add.others()) {
      Activations other = named(add, name);
      if (!other.sample().equals(sum.sample())) {
        throw refuse(
            add,
            "'%s' has another shape (expected %s, found %s)"
                .formatted(name, sum.sample(), other.sample()));
      }
      String step = add.others().size() == 1 ? add.name() : add.name() + "." + name;
      sum = sum.with(graph.node("Add", step, sum.value(), other.value()));
    }
    return sum;
  }

  private Activations concat(LayerSpec.Concat concat, Activations in) {
    List<Long> dims = new ArrayList<>(in.sample().dims());
    int axis = (int) concat.axis();
    if (axis >= dims.size()) {
      throw refuse(concat, "there is no axis %d in %s".formatted(axis, in.sample()));
    }
    List<String> values = new ArrayList<>(List.of(in.value()));
    for (String name : concat.others()) {
      Activations other = named(concat, name);
      List<Long> fitting = new ArrayList<>(other.sample().dims());
      if (fitting.size() == dims.size()) {
        fitting.set(axis, dims.get(axis));
      }
      if (!fitting.equals(dims)) {
        throw refuse(
            concat,
            "'%s' of shape %s does not fit beside %s on axis %d"
                .formatted(name, other.sample(), in.sample(), axis));
      }
      dims.set(axis, dims.get(axis) + other.sample().dim(axis));
      values.add(other.value());
    }
    String value =
        graph.node(
            "Concat", concat.name(), values, List.of(NewAttribute.integer("axis", axis + 1L)));
    return new Activations(value, new Shape(dims));
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
    String name = residual.name();
    String skip = shortcut.value();
    if (residual.skipScale() != 1) {
      String factor = graph.scalar(name + ".skip_scale", residual.skipScale());
      skip = graph.node("Mul", name + ".skip", skip, factor);
    }
    return branch.with(graph.node("Add", name, branch.value(), skip));
  }

  private InputException refuse(LayerSpec layer, String reason) {
    return refusals.refuse(layer, reason);
  }
}
