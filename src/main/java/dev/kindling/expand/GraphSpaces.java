package dev.kindling.expand;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import dev.kindling.reader.graph.Attributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Spaces of a network of dense and convolution layers, from its graph: what a layer puts out runs
 * over a space, what passes it on keeps it, a sum joins those of its operands, and what an output,
 * an input or an operator that is not understood touches is fixed.
 */
final class GraphSpaces implements Spaces {
  private static final Set<String> KEEPING =
      Set.of(
          "Relu",
          "LeakyRelu",
          "Sigmoid",
          "Tanh",
          "Elu",
          "Selu",
          "Celu",
          "Gelu",
          "Erf",
          "Softplus",
          "Softsign",
          "Clip",
          "Dropout",
          "Identity",
          "Cast",
          "HardSwish",
          "HardSigmoid",
          "Mish",
          "Sqrt",
          "Exp",
          "Neg",
          "Abs",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "ReduceMean",
          "ReduceMax",
          "Flatten",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Pad",
          "Resize",
          "PRelu",
          "Pow");

  private static final Set<String> JOINING =
      Set.of("Add", "Sub", "Mul", "Div", "Sum", "Max", "Min");

  private final Map<String, Tensor> tensors = new HashMap<>();
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, String> parents = new HashMap<>();
  private final Map<String, Long> extents = new HashMap<>();
  private final Map<String, List<Axis>> axes = new HashMap<>();
  private final Map<String, String> transposed = new HashMap<>();
  private final Set<String> fixed = new HashSet<>();
  private final Set<String> identities;

  GraphSpaces(Model model, GraphProto graph, Set<String> identities) {
    this.identities = identities;
    for (Tensor tensor : model.tensors()) {
      tensors.put(tensor.name(), tensor);
      tensor.aliases().forEach(alias -> tensors.put(alias, tensor));
    }
    graph.getInputList().stream()
        .filter(input -> !tensors.containsKey(input.getName()))
        .forEach(input -> fix(space(input.getName())));
    graph.getNodeList().forEach(this::visit);
    graph.getOutputList().forEach(output -> fix(space(output.getName())));
  }

  private void visit(NodeProto node) {
    switch (node.getOpType()) {
      case "Conv" -> convolution(node, 0, 1);
      case "ConvTranspose" -> convolution(node, 1, 0);
      case "Gemm" -> dense(node, Attributes.integer(node, "transB", 0) == 1);
      case "MatMul" -> dense(node, transposed.containsKey(node.getInput(1)));
      case "BatchNormalization", "InstanceNormalization", "LayerNormalization" -> norm(node);
      case "Transpose" -> transpose(node);
      case "Constant", "ConstantOfShape", "Shape" -> {}
      default -> other(node);
    }
  }

  private void convolution(NodeProto node, int outputs, int inputs) {
    Optional<Tensor> weight = weight(node.getInput(1));
    if (weight.isEmpty()) {
      fixAll(node);
      return;
    }
    long groups = Attributes.integer(node, "group", 1);
    Tensor tensor = weight.get();
    List<Axis> found = new ArrayList<>(Collections.nCopies(tensor.shape().rank(), Axis.SAME));
    String input = space(node.getInput(0));
    if (groups == 1) {
      extents.putIfAbsent(root(input), tensor.shape().dim(inputs));
      found.set(inputs, Axis.input(input));
      found.set(outputs, Axis.output(output(node, tensor, tensor.shape().dim(outputs))));
    } else if (groups == tensor.shape().dim(outputs) && tensor.shape().dim(inputs) == 1) {
      found.set(outputs, Axis.output(input));
      values.put(node.getOutput(0), input);
    } else {
      fixAll(node);
    }
    put(tensor, found);
    bias(node, 2);
  }

  private void dense(NodeProto node, boolean outputsFirst) {
    Optional<Tensor> weight = weight(node.getInput(1));
    if (weight.isEmpty() || weight.get().shape().rank() != 2) {
      fixAll(node);
      return;
    }
    Tensor tensor = weight.get();
    int outputs = outputsFirst ? 0 : 1;
    String input = space(node.getInput(0));
    Axis in = Axis.input(input);
    Axis out = Axis.output(output(node, tensor, tensor.shape().dim(outputs)));
    put(tensor, outputsFirst ? List.of(out, in) : List.of(in, out));
    bias(node, 2);
  }

  private String output(NodeProto node, Tensor weight, long extent) {
    String space = "outputs of " + weight.name();
    extents.putIfAbsent(root(space), extent);
    if (identities.contains(weight.name())) {
      union(space, space(node.getInput(0)));
    }
    values.put(node.getOutput(0), space);
    return space;
  }

  private void norm(NodeProto node) {
    String space = space(node.getInput(0));
    for (int i = 1; i < node.getInputCount(); i++) {
      weight(node.getInput(i)).ifPresent(tensor -> perChannel(tensor, space));
    }
    values.put(node.getOutput(0), space);
  }

  private void bias(NodeProto node, int input) {
    if (node.getInputCount() > input) {
      weight(node.getInput(input))
          .ifPresent(tensor -> perChannel(tensor, space(node.getOutput(0))));
    }
  }

  /** The first axis that is longer than one runs over the channels, all others stay. */
  private void perChannel(Tensor tensor, String space) {
    List<Axis> found = new ArrayList<>(Collections.nCopies(tensor.shape().rank(), Axis.SAME));
    for (int i = 0; i < found.size(); i++) {
      if (tensor.shape().dim(i) > 1) {
        found.set(i, Axis.output(space));
        break;
      }
    }
    put(tensor, found);
  }

  private void transpose(NodeProto node) {
    String input = node.getInput(0);
    if (weight(input).isPresent()) {
      transposed.put(node.getOutput(0), transposed.getOrDefault(input, input));
    } else {
      fixAll(node);
    }
  }

  private void other(NodeProto node) {
    if (KEEPING.contains(node.getOpType())) {
      String space = space(node.getInput(0));
      for (int i = 1; i < node.getInputCount(); i++) {
        weight(node.getInput(i)).ifPresent(tensor -> perChannel(tensor, space));
      }
      node.getOutputList().forEach(output -> values.put(output, space));
    } else if (JOINING.contains(node.getOpType())) {
      joined(node);
    } else {
      fixAll(node);
    }
  }

  private void joined(NodeProto node) {
    List<String> activations =
        node.getInputList().stream()
            .filter(name -> weight(name).isEmpty() && values.containsKey(name))
            .toList();
    if (activations.isEmpty()) {
      fixAll(node);
      return;
    }
    String space = space(activations.get(0));
    activations.forEach(name -> union(space(name), space));
    node.getInputList()
        .forEach(name -> weight(name).ifPresent(tensor -> perChannel(tensor, space)));
    node.getOutputList().forEach(output -> values.put(output, space));
  }

  private void fixAll(NodeProto node) {
    node.getInputList().stream()
        .filter(name -> weight(name).isEmpty() && values.containsKey(name))
        .forEach(name -> fix(space(name)));
    node.getOutputList().forEach(output -> fix(space(output)));
  }

  private void put(Tensor tensor, List<Axis> found) {
    List<Axis> before = axes.putIfAbsent(tensor.name(), found);
    for (int i = 0; before != null && i < found.size(); i++) {
      union(before.get(i).space(), found.get(i).space());
    }
  }

  private Optional<Tensor> weight(String name) {
    return Optional.ofNullable(tensors.get(transposed.getOrDefault(name, name)));
  }

  private String space(String value) {
    return values.computeIfAbsent(value, name -> "value " + name);
  }

  private void fix(String space) {
    fixed.add(root(space));
  }

  private String root(String space) {
    String parent = parents.getOrDefault(space, space);
    return parent.equals(space) ? space : root(parent);
  }

  private void union(String one, String other) {
    String a = root(one);
    String b = root(other);
    if (!a.equals(b)) {
      // The one that was there first gives the name.
      parents.put(a, b);
      if (extents.containsKey(a)) {
        extents.putIfAbsent(b, extents.get(a));
      }
      if (fixed.contains(a)) {
        fixed.add(b);
      }
    }
  }

  @Override
  public List<Axis> of(Tensor tensor) {
    List<Axis> found = axes.get(tensor.name());
    if (found == null) {
      throw new IllegalArgumentException("the graph does not use it in a way that is understood");
    }
    List<Axis> resolved = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      resolved.add(resolved(found.get(i), tensor.shape().dim(i)));
    }
    return resolved;
  }

  private Axis resolved(Axis axis, long extent) {
    String root = root(axis.space());
    if (axis.space().equals(Axis.FIXED) || fixed.contains(root)) {
      return axis.in(Axis.FIXED, 1);
    }
    long channels = extents.getOrDefault(root, extent);
    return extent % channels == 0 ? axis.in(root, extent / channels) : axis.in(Axis.FIXED, 1);
  }

  @Override
  public List<Long> parts(Tensor tensor) {
    return List.of();
  }

  @Override
  public Optional<String> scaledByCopiesOf(Tensor tensor) {
    return Optional.empty();
  }
}
