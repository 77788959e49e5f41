package dev.kindling.reader.compile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import dev.kindling.reader.compile.LayerSpec.Bias;
import dev.kindling.reader.graph.NewAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compiles fully connected layers, what is made of them, and embeddings. */
final class DenseCompiler {
  private final GraphAssembler graph;
  private final FunctionCompiler functions;
  private final Refusals refusals;

  DenseCompiler(GraphAssembler graph, FunctionCompiler functions, Refusals refusals) {
    this.graph = graph;
    this.functions = functions;
    this.refusals = refusals;
  }

  Activations dense(LayerSpec.Dense dense, Activations in) {
    refusals.requireFeatures(dense, in);
    if (dense.tied().isEmpty()) {
      return dense(dense.name(), dense.out(), dense.bias(), in);
    }
    Shape shape = Shape.of(dense.out(), features(in));
    String weight = dense.tied().get() + ".weight";
    if (!graph.declared(weight).equals(Optional.of(shape))) {
      throw refusals.refuse(
          dense,
          "it cannot share '%s' (expected shape %s, found %s)"
              .formatted(
                  weight, shape, graph.declared(weight).map(Shape::toString).orElse("no such")));
    }
    return apply(dense.name(), weight, dense.out(), dense.bias(), in);
  }

  /** Returns the output of a dense layer with a weight of its own. */
  Activations dense(String name, long out, Bias bias, Activations in) {
    String weight = graph.parameter(name + ".weight", Shape.of(out, features(in)));
    return apply(name, weight, out, bias, in);
  }

  private Activations apply(String name, String weight, long out, Bias bias, Activations in) {
    int last = in.sample().rank() - 1;
    List<String> biases =
        bias == Bias.PRESENT ? List.of(graph.parameter(name + ".bias", Shape.of(out))) : List.of();
    List<Long> dims = new ArrayList<>(in.sample().dims());
    dims.set(last, out);
    String value =
        last == 0
            ? gemm(name, in.value(), weight, biases)
            : matMul(name, in.value(), weight, biases);
    return new Activations(value, new Shape(dims));
  }

  private String gemm(String name, String in, String weight, List<String> bias) {
    List<String> inputs = new ArrayList<>(List.of(in, weight));
    inputs.addAll(bias);
    return graph.node("Gemm", name, inputs, List.of(NewAttribute.integer("transB", 1)));
  }

  private String matMul(String name, String in, String weight, List<String> bias) {
    List<AttributeProto> swap = List.of(NewAttribute.integers("perm", List.of(1L, 0L)));
    String transposed = graph.node("Transpose", name + ".transpose", List.of(weight), swap);
    String product = graph.node("MatMul", name, in, transposed);
    return bias.isEmpty() ? product : graph.node("Add", name + ".add", product, bias.get(0));
  }

  Activations mlp(LayerSpec.Mlp mlp, Activations in) {
    refusals.requireFeatures(mlp, in);
    String name = mlp.name();
    boolean gated = mlp.form() == LayerSpec.Mlp.Form.GATED;
    Activations first = dense(name + (gated ? ".gate_proj" : ".fc1"), mlp.hidden(), mlp.bias(), in);
    LayerSpec.Activation function =
        new LayerSpec.Activation(name + ".act", mlp.line(), mlp.function(), 1);
    Activations hidden = functions.function(function, first);
    if (gated) {
      Activations up = dense(name + ".up_proj", mlp.hidden(), mlp.bias(), in);
      hidden = hidden.with(graph.node("Mul", name + ".gated", hidden.value(), up.value()));
    }
    return dense(name + (gated ? ".down_proj" : ".fc2"), features(in), mlp.outBias(), hidden);
  }

  Activations embedding(LayerSpec.Embedding embedding, Activations in) {
    if (in.type() != ElementType.I64) {
      throw refusals.refuse(
          embedding,
          "it needs token ids; give the input the type i64 (found " + in.type().label() + ")");
    }
    String weight =
        graph.parameter(
            embedding.name() + ".weight", Shape.of(embedding.rows(), embedding.width()));
    List<Long> dims = new ArrayList<>(in.sample().dims());
    dims.add(embedding.width());
    return new Activations(
        graph.node("Gather", embedding.name(), weight, in.value()), new Shape(dims));
  }

  Activations position(LayerSpec.PositionEmbedding embedding, Activations in) {
    refusals.requireSequence(embedding, in);
    long length = in.sample().dim(0);
    if (length > embedding.rows()) {
      throw refusals.refuse(
          embedding, "it has %d rows for %d positions".formatted(embedding.rows(), length));
    }
    String weight =
        graph.parameter(embedding.name() + ".weight", Shape.of(embedding.rows(), features(in)));
    String name = embedding.name();
    String places =
        graph.node(
            "Range",
            name + ".positions",
            graph.whole(name + ".first", 0),
            graph.whole(name + ".length", length),
            graph.whole(name + ".step", 1));
    String rows = graph.node("Gather", name, weight, places);
    return in.with(graph.node("Add", name + ".add", in.value(), rows));
  }

  private static long features(Activations in) {
    return in.sample().dim(in.sample().rank() - 1);
  }
}
