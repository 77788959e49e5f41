package dev.kindling.reader.compile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.kindling.model.Shape;
import dev.kindling.reader.compile.LayerSpec.Recurrent;
import dev.kindling.reader.graph.NewAttribute;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Compiles recurrent layers over sequences; their tensors are laid out as ONNX has them. */
final class RecurrentCompiler {
  private final GraphAssembler graph;
  private final Refusals refusals;

  RecurrentCompiler(GraphAssembler graph, Refusals refusals) {
    this.graph = graph;
    this.refusals = refusals;
  }

  Activations recurrent(Recurrent layer, Activations in) {
    refusals.requireSequence(layer, in);
    String name = layer.name();
    long directions = layer.direction() == Recurrent.Direction.FORWARD ? 1 : 2;
    long rows = gates(layer) * layer.units();
    String turned = transpose(name + ".time_first", in.value(), List.of(1L, 0L, 2L));
    List<String> inputs =
        List.of(
            turned,
            graph.parameter(name + ".weight_ih", Shape.of(directions, rows, in.sample().dim(1))),
            graph.parameter(name + ".weight_hh", Shape.of(directions, rows, layer.units())),
            graph.parameter(name + ".bias", Shape.of(directions, 2 * rows)));
    boolean last = layer.output() == Recurrent.Output.LAST;
    List<String> outputs = List.of(last ? "" : name + ".all", last ? name + ".last" : "");
    graph.node(layer.operator(), name, inputs, attributes(layer, directions), outputs);
    long width = directions * layer.units();
    return last
        ? new Activations(last(name, outputs.get(1), width), Shape.of(width))
        : new Activations(
            sequence(name, outputs.get(0), in.sample().dim(0), width),
            Shape.of(in.sample().dim(0), width));
  }

  private static List<AttributeProto> attributes(Recurrent layer, long directions) {
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(NewAttribute.integer("hidden_size", layer.units()));
    attributes.add(NewAttribute.text("direction", directions == 1 ? "forward" : "bidirectional"));
    if (layer.operator().equals("GRU")) {
      attributes.add(NewAttribute.integer("linear_before_reset", 1));
    }
    if (layer.operator().equals("RNN")) {
      String function = layer.function().equals("relu") ? "Relu" : "Tanh";
      attributes.add(
          NewAttribute.texts("activations", Collections.nCopies((int) directions, function)));
    }
    return attributes;
  }

  private static long gates(Recurrent layer) {
    return switch (layer.operator()) {
      case "LSTM" -> 4;
      case "GRU" -> 3;
      default -> 1;
    };
  }

  private String sequence(String name, String all, long time, long width) {
    String turned = transpose(name + ".batch_first", all, List.of(2L, 0L, 1L, 3L));
    return reshape(name + ".joined", turned, List.of(0L, time, width));
  }

  private String last(String name, String last, long width) {
    String turned = transpose(name + ".batch_first", last, List.of(1L, 0L, 2L));
    return reshape(name + ".joined", turned, List.of(0L, width));
  }

  private String reshape(String name, String in, List<Long> shape) {
    return graph.node("Reshape", name, in, graph.numbers(name + ".shape", shape));
  }

  private String transpose(String name, String in, List<Long> axes) {
    return graph.node("Transpose", name, List.of(in), List.of(NewAttribute.integers("perm", axes)));
  }
}
