package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.reader.graph.OnnxTypes;
import dev.kindling.recipe.RecipeEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes models of their own from some nodes of a graph, with its functions, operator sets and the
 * constants they read.
 */
final class StageModels {
  /** From this version on, initialisers need not be graph inputs too. */
  private static final long MIN_IR_VERSION = 4;

  /**
   * Weights up to this size are constants of the model, so that ONNX Runtime brings them into the
   * layout that it computes with once and not per micro-batch. Of larger ones it would keep a
   * second copy. It decides last bits, so the shape alone decides it.
   */
  private static final long MAX_CONSTANT_BYTES = 64L << 20;

  private final String name;
  private final ModelProto original;
  private final GraphTensors tensors;
  private final Map<String, TypeProto> types = new HashMap<>();

  StageModels(String name, ModelProto original, GraphTensors tensors) {
    this.name = name;
    this.original = original;
    this.tensors = tensors;
  }

  /**
   * Some nodes as a model.
   *
   * @param onnx the serialised model
   * @param live inputs that the data or earlier nodes give
   * @param fed inputs and external initialisers that the recipe gives
   */
  record Part(ByteString onnx, List<String> live, List<String> fed) {}

  /** How a model takes the tensors that the recipe gives. */
  enum Weights {
    /** All as inputs: types can be asked for without values. */
    INPUTS,
    /** As constants if they are small enough. */
    CONSTANTS
  }

  /** Remembers the types of values that no node of a part makes. */
  void addTypes(Map<String, TypeProto> more) {
    types.putAll(more);
  }

  TypeProto type(String value) {
    return types.getOrDefault(value, TypeProto.getDefaultInstance());
  }

  /**
   * Makes a model of nodes in an order in which they can run; types of its outputs are left to ONNX
   * Runtime if not known.
   */
  Part part(List<NodeProto> nodes, Collection<String> outputs, Weights weights) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("stage");
    graph.addAllNode(nodes);
    List<String> live = new ArrayList<>();
    List<String> fed = new ArrayList<>();
    for (String input : inputs(nodes)) {
      if (tensors.kept().containsKey(input)) {
        graph.addInitializer(tensors.kept().get(input));
      } else if (tensors.keptSparse().containsKey(input)) {
        graph.addSparseInitializer(tensors.keptSparse().get(input));
      } else if (tensors.fed().containsKey(input)) {
        addFed(graph, fedInput(input), weights);
        fed.add(input);
      } else {
        graph.addInput(ValueTypes.value(input, liveType(input)));
        live.add(input);
      }
    }
    outputs.forEach(output -> graph.addOutput(output(output)));
    return new Part(model(graph), List.copyOf(live), List.copyOf(fed));
  }

  /**
   * Makes a model of a layer's node with a weight of any number of output channels.
   *
   * @param nodes the layer's node last
   * @param data what it reads
   * @param input how the model calls that
   * @param axis the weight's axis of output channels
   */
  ByteString slice(List<NodeProto> nodes, String data, String input, String weight, int axis) {
    NodeProto layer = nodes.get(nodes.size() - 1);
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    tensors.fed().get(weight).shape().dims().forEach(dim -> shape.addDimBuilder().setDimValue(dim));
    shape.getDimBuilder(axis).clearValue().setDimParam(weight + ".channels");
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("slice")
            .addAllNode(nodes.subList(0, nodes.size() - 1))
            .addNode(layer.toBuilder().setInput(0, input))
            .addInput(ValueTypes.value(input, liveType(data)))
            .addInput(ValueTypes.value(weight, ValueTypes.tensor(ElementType.F32, shape.build())))
            .addOutput(ValueInfoProto.newBuilder().setName(layer.getOutput(0)));
    return model(graph);
  }

  private void addFed(GraphProto.Builder graph, ValueInfoProto input, Weights weights) {
    RecipeEntry entry = tensors.fed().get(input.getName());
    if (weights == Weights.CONSTANTS) {
      requireSmall(input.getName(), entry);
    }
    if (weights == Weights.CONSTANTS && isConstant(entry)) {
      graph.addInitializer(constant(input.getName(), entry));
    } else {
      graph.addInput(input);
    }
  }

  /** Returns whether a tensor of the recipe is a constant of a stage rather than an input. */
  static boolean isConstant(RecipeEntry entry) {
    return entry.shape().elementCount() * entry.type().bytes() <= MAX_CONSTANT_BYTES;
  }

  /** Its values stand nowhere: whoever opens a session must give them. */
  private static TensorProto constant(String name, RecipeEntry entry) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(OnnxTypes.dataType(entry.type()))
        .addAllDims(entry.shape().dims())
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue("recipe"))
        .build();
  }

  private static Set<String> inputs(List<NodeProto> nodes) {
    Set<String> made = new LinkedHashSet<>();
    Set<String> inputs = new LinkedHashSet<>();
    for (NodeProto node : nodes) {
      NodeReads.of(node).stream().filter(read -> !made.contains(read)).forEach(inputs::add);
      made.addAll(node.getOutputList());
    }
    return inputs;
  }

  private ValueInfoProto output(String output) {
    return types.containsKey(output)
        ? ValueTypes.value(output, liveType(output))
        : ValueInfoProto.newBuilder().setName(output).build();
  }

  /** Returns the type of a tensor that travels with the frontier. */
  private TypeProto liveType(String value) {
    TypeProto type = type(value);
    if (!type.hasTensorType()) {
      throw new InputException(
          "Cannot cut %s at value '%s': only tensors of numbers can pass from one layer to the next"
              .formatted(name, value));
    }
    return type;
  }

  private ValueInfoProto fedInput(String input) {
    RecipeEntry entry = tensors.fed().get(input);
    ElementType type = entry.type();
    if (!type.isFloat()) {
      throw new InputException(
          "Cannot feed tensor '%s' to %s: it has no values in the model (expected float elements, found %s)"
              .formatted(input, name, type.label()));
    }
    return ValueTypes.value(input, ValueTypes.tensor(type, entry.shape()));
  }

  private void requireSmall(String input, RecipeEntry entry) {
    if (entry.shape().elementCount() > Integer.MAX_VALUE / entry.type().bytes()) {
      throw new InputException(
          "Cannot feed tensor '%s' of shape %s to %s: it is too large for ONNX Runtime (expected less than 2 GiB)"
              .formatted(input, entry.shape(), name));
    }
  }

  private ByteString model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(Math.max(MIN_IR_VERSION, original.getIrVersion()))
        .addAllOpsetImport(original.getOpsetImportList())
        .addAllFunctions(original.getFunctionsList())
        .setGraph(graph)
        .build()
        .toByteString();
  }
}
