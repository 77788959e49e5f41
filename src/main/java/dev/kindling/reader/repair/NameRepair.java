package dev.kindling.reader.repair;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.ElementType;
import dev.kindling.reader.graph.Attributes;
import dev.kindling.reader.graph.Captures;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.GraphIndex.Reading;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.OnnxTypes;
import dev.kindling.reader.repair.NameBridges.Form;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives the parameters of an exported PyTorch program their names and shapes back. The exporters
 *
 * <ul>
 *   <li>fold a transposition into a weight, which then is called {@code val_7} or {@code
 *       onnx::MatMul_12},
 *   <li>let several parameters of equal values share one tensor, such as all zero biases of a fresh
 *       model that are as long,
 *   <li>compute the operands of recurrent nodes.
 * </ul>
 *
 * What is left is the path of the module that a node belongs to ({@link ModulePaths}) and what the
 * node reads there. A tensor of up to 1,024 elements that several modules read is one that the
 * exporter merged, a larger one is tied: the exporter's own limit.
 */
public final class NameRepair {
  /** The exporter's size limit for merging: onnxscript, DeduplicateInitializersPass. */
  private static final long MAX_MERGED_ELEMENTS = 1024;

  /**
   * A graph with its parameters' names.
   *
   * @param graph the graph
   * @param aliases further names of tied tensors
   * @param exported what the file calls a tensor that has another name now
   */
  public record Result(
      GraphProto graph, Map<String, Set<String>> aliases, Map<String, String> exported) {}

  private final GraphIndex index;
  private final GraphProto graph;
  private final ParameterKinds kinds;
  private final Neighbours neighbours;
  private final NameBridges bridges;
  private final Map<String, Set<String>> modules = new HashMap<>();
  private final Map<String, Set<String>> aliases = new LinkedHashMap<>();
  private final Map<String, Integer> recurrentLayers = new HashMap<>();

  private NameRepair(GraphProto graph, GraphIndex index) {
    this.graph = graph;
    this.index = index;
    this.kinds = new ParameterKinds(index);
    this.neighbours = new Neighbours(index);
    this.bridges = new NameBridges(index.initialisers());
  }

  /** Returns a graph with the names of its parameters, as far as they can be known. */
  public static Result of(GraphProto graph, GraphIndex index) {
    return ModulePaths.areKnown(index.nodes())
        ? new NameRepair(graph, index).repair()
        : new Result(graph, Map.of(), Map.of());
  }

  private Result repair() {
    index.nodes().forEach(this::noteModule);
    List<NodeProto> nodes = new ArrayList<>();
    index.nodes().forEach(node -> nodes.add(renamed(node)));
    GraphProto.Builder repaired = graph.toBuilder().clearNode().clearInitializer();
    repaired.addAllNode(bridges.nodes()).addAllNode(nodes);
    repaired.addAllInitializer(initialisers(nodes));
    return new Result(repaired.build(), aliases, bridges.exported());
  }

  /** Without those that nothing reads any more, but with those that nothing has read before. */
  private Collection<TensorProto> initialisers(List<NodeProto> nodes) {
    Set<String> read = new LinkedHashSet<>();
    nodes.forEach(node -> read.addAll(node.getInputList()));
    nodes.forEach(node -> read.addAll(Captures.of(node)));
    bridges.nodes().forEach(node -> read.addAll(node.getInputList()));
    Map<String, TensorProto> kept = new LinkedHashMap<>();
    index.initialisers().values().stream()
        .filter(
            tensor ->
                read.contains(tensor.getName())
                    || index.isOutput(tensor.getName())
                    || index.readings(tensor.getName()).isEmpty())
        .forEach(tensor -> kept.put(tensor.getName(), tensor));
    bridges.tensors().forEach(tensor -> kept.put(tensor.getName(), tensor));
    return kept.values();
  }

  private void noteModule(NodeProto node) {
    ModulePaths.of(node)
        .ifPresent(
            module ->
                node.getInputList().stream()
                    .filter(this::isParameter)
                    .forEach(
                        tensor ->
                            modules
                                .computeIfAbsent(tensor, key -> new LinkedHashSet<>())
                                .add(module)));
  }

  private boolean isParameter(String name) {
    TensorProto tensor = index.initialisers().get(name);
    return tensor != null
        && OnnxTypes.elementType(tensor.getDataType()).filter(ElementType::isFloat).isPresent();
  }

  private NodeProto renamed(NodeProto node) {
    Optional<String> module = ModulePaths.of(node);
    if (module.isEmpty()) {
      return node;
    }
    if (RecurrentNames.isRecurrent(node)) {
      int layer = recurrentLayers.merge(module.get(), 1, Integer::sum) - 1;
      return new RecurrentNames(bridges, module.get(), layer).renamed(node);
    }
    NodeProto.Builder renamed = node.toBuilder();
    for (int input = 0; input < node.getInputCount(); input++) {
      if (isParameter(node.getInput(input))) {
        renamed.setInput(input, value(node, input, module.get()));
      }
    }
    return renamed.build();
  }

  /** Returns what the node reads instead. */
  private String value(NodeProto node, int input, String module) {
    String tensor = node.getInput(input);
    Optional<String> kind = kinds.of(node, input);
    if (!ExportedNames.isMadeUp(tensor)) {
      String name = properName(node, input, module);
      return name.equals(tensor) ? tensor : bridges.parameter(tensor, name, Form.AS_IS);
    }
    if (kind.isEmpty() || isInstanceNorm(node)) {
      return tensor;
    }
    String wanted = siblingName(node, input, module, kind).orElse(module + "." + kind.get());
    Form form = form(node, input);
    String parameter = bridges.parameter(tensor, wanted, form);
    if (index.initialisers().containsKey(parameter)) {
      noteAliases(parameter);
    }
    return bridges.value(tensor, parameter, form);
  }

  /** Its scale and shift are the constants of a group norm that the exporter wrote with it. */
  private static boolean isInstanceNorm(NodeProto node) {
    return Neighbours.is(node, "InstanceNormalization");
  }

  /** Linear layers keep their weights as [out, in]; a folded one stands as its node reads it. */
  private Form form(NodeProto node, int input) {
    int rank = index.initialisers().get(node.getInput(input)).getDimsCount();
    boolean weightOfDense =
        input == 1
            && (Neighbours.is(node, "MatMul")
                || (Neighbours.is(node, "Gemm") && Attributes.integer(node, "transB", 0) == 0));
    boolean vector = List.of("Mul", "Add", "PRelu").contains(node.getOpType());
    if (weightOfDense && rank == 2) {
      return Form.TRANSPOSED;
    }
    return vector && rank > 1 && isVector(node.getInput(input)) ? Form.VECTOR : Form.AS_IS;
  }

  private boolean isVector(String tensor) {
    List<Long> dims = index.initialisers().get(tensor).getDimsList();
    return dims.stream().filter(dim -> dim != 1).count() <= 1;
  }

  /** The name of a tensor that bears a parameter's name, though perhaps of another one. */
  private String properName(NodeProto node, int input, String module) {
    String tensor = node.getInput(input);
    String owner = ExportedNames.module(tensor);
    Optional<String> kind = kinds.of(node, input);
    boolean merged = ModulePaths.isFromMetadata(node);
    boolean passedDown =
        kind.isEmpty() && (owner.isEmpty() || ExportedNames.isWithin(module, owner));
    if (!merged
        || modules.get(tensor).size() == 1
        || ExportedNames.isWithin(owner, module)
        || passedDown) {
      return tensor;
    }
    if (isTied(tensor)) {
      kind.ifPresent(word -> noteAlias(tensor, module + "." + word));
      return tensor;
    }
    return siblingName(node, input, module, kind)
        .orElseGet(() -> likeAtHome(tensor, owner, module, kind));
  }

  /** A module that is used in the same way as the one that the tensor is named after. */
  private String likeAtHome(String tensor, String owner, String module, Optional<String> kind) {
    return modules.get(tensor).stream()
        .filter(home -> ExportedNames.isWithin(owner, home))
        .filter(home -> ExportedNames.last(home).equals(ExportedNames.last(module)))
        .findFirst()
        .map(home -> module + tensor.substring(home.length()))
        .orElseGet(() -> module + "." + kind.orElse(ExportedNames.last(tensor)));
  }

  private boolean isTied(String tensor) {
    long elements =
        index.initialisers().get(tensor).getDimsList().stream().reduce(1L, (a, b) -> a * b);
    return elements > MAX_MERGED_ELEMENTS
        || index.readings(tensor).stream()
            .anyMatch(reading -> Neighbours.is(reading.node(), "Gather") && reading.input() == 0);
  }

  private void noteAlias(String tensor, String alias) {
    if (!tensor.equals(alias) && !index.initialisers().containsKey(alias)) {
      aliases.computeIfAbsent(tensor, key -> new LinkedHashSet<>()).add(alias);
    }
  }

  /** The transposed weight of an embedding that is also the head lost its tie. */
  private void noteAliases(String parameter) {
    for (Reading reading : index.readings(parameter)) {
      ModulePaths.of(reading.node())
          .ifPresent(
              module ->
                  kinds
                      .of(reading.node(), reading.input())
                      .ifPresent(kind -> noteAlias(parameter, module + "." + kind)));
    }
  }

  /**
   * What the other parameter of the same layer tells: {@code in_proj_bias} is beside {@code
   * in_proj_weight}.
   */
  private Optional<String> siblingName(
      NodeProto node, int input, String module, Optional<String> kind) {
    if (kind.isEmpty() || kind.get().startsWith("running")) {
      return Optional.empty();
    }
    boolean weight = kind.get().equals(ParameterKinds.WEIGHT);
    return (weight ? biasName(node, input) : weightName(node, input))
        .filter(
            name ->
                !ModulePaths.isFromMetadata(node)
                    || ExportedNames.isWithin(ExportedNames.module(name), module))
        .flatMap(name -> counterpart(name, weight));
  }

  private static Optional<String> counterpart(String name, boolean ofBias) {
    String from = ofBias ? ParameterKinds.BIAS : ParameterKinds.WEIGHT;
    String to = ofBias ? ParameterKinds.WEIGHT : ParameterKinds.BIAS;
    String last = ExportedNames.last(name);
    return last.contains(from)
        ? Optional.of(name.substring(0, name.length() - last.length()) + last.replace(from, to))
        : Optional.empty();
  }

  private Optional<String> biasName(NodeProto node, int input) {
    if (input != 1) {
      return Optional.empty();
    }
    if (node.getInputCount() > 2) {
      return proper(node, 2);
    }
    return neighbours
        .soleAdd(node)
        .flatMap(add -> proper(add, add.getInput(0).equals(node.getOutput(0)) ? 1 : 0));
  }

  /** Of the bias, where it is one, the name that it gets. */
  private Optional<String> proper(NodeProto node, int input) {
    String tensor = node.getInput(input);
    return isParameter(tensor) && !ExportedNames.isMadeUp(tensor)
        ? ModulePaths.of(node).map(module -> properName(node, input, module))
        : Optional.empty();
  }

  private Optional<String> weightName(NodeProto node, int input) {
    Optional<NodeProto> layer =
        Neighbours.is(node, "Add")
            ? Neighbours.other(node, input).flatMap(index::producer)
            : Optional.of(node);
    return layer
        .flatMap(found -> Attributes.input(found, 1))
        .filter(this::isParameter)
        .filter(name -> !ExportedNames.isMadeUp(name));
  }
}
