package dev.kindling.reader.compile;

import dev.kindling.model.Shape;
import dev.kindling.reader.graph.NewAttribute;
import java.util.ArrayList;
import java.util.List;

/** Compiles normalisations, and trained factors and summands. */
final class NormCompiler {
  private final GraphAssembler graph;
  private final Refusals refusals;

  NormCompiler(GraphAssembler graph, Refusals refusals) {
    this.graph = graph;
    this.refusals = refusals;
  }

  Activations batchNorm(LayerSpec.BatchNorm norm, Activations in) {
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
            List.of(NewAttribute.real("epsilon", norm.epsilon()))));
  }

  Activations layerNorm(LayerSpec.LayerNorm norm, Activations in) {
    refusals.requireFeatures(norm, in);
    Shape features = features(in);
    String weight = graph.parameter(norm.name() + ".weight", features);
    String bias = graph.parameter(norm.name() + ".bias", features);
    return in.with(
        graph.node(
            "LayerNormalization",
            norm.name(),
            List.of(in.value(), weight, bias),
            List.of(
                NewAttribute.integer("axis", -1), NewAttribute.real("epsilon", norm.epsilon()))));
  }

  /** Of elements of ONNX that are as old as it: the operator itself is too young for runtimes. */
  Activations rmsNorm(LayerSpec.RmsNorm norm, Activations in) {
    refusals.requireFeatures(norm, in);
    String name = norm.name();
    String weight = graph.parameter(name + ".weight", features(in));
    String square = graph.node("Mul", name + ".square", in.value(), in.value());
    String axes = graph.numbers(name + ".axes", List.of(-1L));
    String mean = graph.node("ReduceMean", name + ".mean", square, axes);
    String epsilon = graph.scalar(name + ".epsilon", norm.epsilon());
    String shifted = graph.node("Add", name + ".shifted", mean, epsilon);
    String root = graph.node("Sqrt", name + ".root", shifted);
    String normed = graph.node("Div", name + ".normed", in.value(), root);
    return in.with(graph.node("Mul", name, normed, weight));
  }

  Activations scale(LayerSpec.Scale scale, Activations in) {
    String factor = parameter(scale.name() + ".scale", scale.per(), in);
    return in.with(graph.node("Mul", scale.name(), in.value(), factor));
  }

  Activations shift(LayerSpec.Shift shift, Activations in) {
    String summand = graph.parameter(shift.name() + ".bias", Shape.of(1));
    return in.with(graph.node("Add", shift.name(), in.value(), summand));
  }

  Activations prelu(LayerSpec.PRelu prelu, Activations in) {
    String slope = parameter(prelu.name() + ".weight", prelu.per(), in);
    return in.with(graph.node("PRelu", prelu.name(), in.value(), slope));
  }

  /** Channels are the first of several spatial axes, and the last of features. */
  private String parameter(String name, LayerSpec.Per per, Activations in) {
    return switch (per) {
      case TENSOR -> graph.parameter(name, Shape.of(1));
      case CHANNEL -> {
        if (in.sample().rank() <= 2) {
          yield graph.parameter(name, features(in));
        }
        List<Long> dims = new ArrayList<>(List.of(in.sample().dim(0)));
        for (int axis = 1; axis < in.sample().rank(); axis++) {
          dims.add(1L);
        }
        yield graph.parameter(name, new Shape(dims));
      }
    };
  }

  private static Shape features(Activations in) {
    return Shape.of(in.sample().dim(in.sample().rank() - 1));
  }
}
