package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import com.google.protobuf.ByteString;
import dev.kindling.base.InputException;
import dev.kindling.forward.SplitLayer.AddedBias;
import dev.kindling.forward.StagePlan.Skipped;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.graph.Positions;
import dev.kindling.recipe.Recipe;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides which layers get a stage and which nodes run in it; {@link StageBuilder} then makes the
 * stages.
 */
final class StagePlanner {
  private static final long MIN_OPSET = 7;

  /** Narrow slices change the last bits of ONNX Runtime's products; they are part of the format. */
  static final long SLICE_BYTES = 256L << 20;

  private final String name;
  private final InferenceForm.Result form;
  private final List<NodeProto> nodes;
  private final GraphTensors tensors;
  private final SortedMap<String, ValueInfoProto> data;
  private final Dataflow flow;
  private final StageModels models;
  private final ActivationFinder activations;
  private final Measure measure;
  private final long sliceBytes;
  private final Map<String, Integer> nodeByName = new HashMap<>();

  /**
   * @param measure what of each layer is measured
   * @param sliceBytes weights that are larger are cut into slices of this size
   */
  StagePlanner(
      Model model,
      Recipe recipe,
      Map<String, Shape> sampleShapes,
      Measure measure,
      long sliceBytes) {
    this.measure = measure;
    this.sliceBytes = sliceBytes;
    name = model.name();
    form = InferenceForm.of(graph(model).onnx());
    nodes = form.model().getGraph().getNodeList();
    tensors = GraphTensors.of(model, form.model().getGraph(), recipe);
    data = DataInputs.declare(name, tensors.data(), sampleShapes);
    flow = new Dataflow(name, nodes, tensors);
    models = new StageModels(name, form.model(), tensors);
    activations = new ActivationFinder(nodes, flow, tensors);
    for (int i = 0; i < nodes.size(); i++) {
      nodeByName.put(nodes.get(i).getName(), i);
    }
  }

  static Model.Graph graph(Model model) {
    return model
        .graph()
        .orElseThrow(
            () -> new IllegalArgumentException("model '" + model.name() + "' has no graph"));
  }

  StagePlan plan(List<Layer> calibrated) {
    checkOpset();
    List<Layer> ordered = calibrated.stream().sorted(Comparator.comparing(this::nodeOf)).toList();
    inferTypes(ordered);
    List<Skipped> skipped = new ArrayList<>();
    StageBuilder builder =
        new StageBuilder(flow, models, new LayerSlicer(flow, tensors, models, sliceBytes), nodes);
    WeightReaders readers = new WeightReaders(flow, tensors);
    LayerSplitter splitter = new LayerSplitter(opset(), allNames());
    for (Layer layer : ordered) {
      int node = nodeOf(layer);
      BitSet run = builder.notYetRun(nodes.get(node).getOutput(0));
      Optional<AddedBias> bias = bias(layer, nodes.get(node));
      Optional<String> reason =
          reasonToSkip(layer, node, bias).or(() -> readers.readBefore(layer, node, run));
      if (reason.isPresent()) {
        skipped.add(new Skipped(layer, reason.get(), builder.size()));
      } else {
        checkFloat32(layer, nodes.get(node).getOutput(0));
        readers.add(layer, node, run);
        builder.add(
            splitter.split(layer, nodes.get(node), rank(nodes.get(node)), bias),
            node,
            run,
            activation(nodes.get(node)));
      }
    }
    return new StagePlan(builder.build(), skipped, form.remarks(), dataTypes());
  }

  /** Returns the graph up to what a layer multiplies its weight with. */
  LayerInput input(Layer layer) {
    checkOpset();
    NodeProto node = nodes.get(nodeOf(layer));
    inferTypes(List.of(layer));
    BitSet needed = flow.needed(List.of(node.getInput(0)), new BitSet());
    List<NodeProto> run = new ArrayList<>(needed.stream().mapToObj(nodes::get).toList());
    String output = layer.node() + ".input";
    run.add(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .setName(output)
            .addInput(node.getInput(0))
            .addOutput(output)
            .build());
    return LayerInput.of(
        layer, node, models.part(run, List.of(output), StageModels.Weights.CONSTANTS), output);
  }

  private Optional<ActivationFinder.Found> activation(NodeProto layer) {
    return switch (measure) {
      case OUTPUT -> Optional.empty();
      case AFTER_ACTIVATION -> activations.behind(layer.getOutput(0));
    };
  }

  private int nodeOf(Layer layer) {
    Integer node = nodeByName.get(layer.node());
    if (node == null || !LayerSplitter.isLayer(nodes.get(node))) {
      throw new IllegalArgumentException(
          "layer '%s' is not a convolution or dense node of %s (found node '%s')"
              .formatted(layer.name(), name, layer.node()));
    }
    return node;
  }

  /**
   * Asks ONNX Runtime for the type of every value that could be cut, in one session of all nodes
   * that are needed.
   */
  private void inferTypes(List<Layer> layers) {
    data.forEach((input, declared) -> models.addTypes(Map.of(input, declared.getType())));
    Set<String> goal = new LinkedHashSet<>();
    for (Layer layer : layers) {
      NodeProto node = nodes.get(nodeOf(layer));
      goal.add(node.getOutput(0));
      bias(layer, node).map(AddedBias::tensor).ifPresent(goal::add);
    }
    List<NodeProto> needed = flow.needed(goal, new BitSet()).stream().mapToObj(nodes::get).toList();
    models.addTypes(typesOf(needed));
  }

  private Map<String, TypeProto> typesOf(List<NodeProto> needed) {
    List<String> outputs = new ArrayList<>();
    for (NodeProto node : needed) {
      // The Java API cannot describe an optional value and would fail for all outputs.
      if (!Operators.is(node, "Optional")) {
        node.getOutputList().stream().filter(output -> !output.isEmpty()).forEach(outputs::add);
      }
    }
    ByteString onnx = models.part(needed, outputs, StageModels.Weights.INPUTS).onnx();
    try {
      return ValueTypes.ofOutputs(onnx);
    } catch (OrtException e) {
      throw new InputException(
          "Cannot run %s: ONNX Runtime refuses it%s: %s"
              .formatted(name, culprit(needed, e), OnnxRuntime.reason(e)),
          e);
    }
  }

  /** ONNX Runtime names the operator that it does not know, not the node. */
  private static String culprit(List<NodeProto> needed, OrtException e) {
    String message = String.valueOf(e.getMessage());
    return needed.stream()
        .filter(node -> OnnxRuntime.isUnknownOperator(message, node))
        .findFirst()
        .map(node -> " at node '%s'".formatted(node.getName()))
        .orElse("");
  }

  private Optional<AddedBias> bias(Layer layer, NodeProto node) {
    return LayerSplitter.ownBias(node)
        .or(() -> layer.bias().map(bias -> new AddedBias(addedAfter(layer, node, bias), 1)));
  }

  private String addedAfter(Layer layer, NodeProto node, String bias) {
    Set<String> products = handedOn(node.getOutput(0));
    for (NodeProto add : nodes) {
      if (Operators.is(add, "Add") && add.getInputList().stream().anyMatch(products::contains)) {
        for (String summand : add.getInputList()) {
          if (flow.weightsBehind(summand).contains(tensors.recipeName(bias))) {
            return summand;
          }
        }
      }
    }
    throw new IllegalArgumentException(
        "no Add of bias '%s' follows layer '%s' of %s".formatted(bias, layer.name(), name));
  }

  /** Returns a value and what is it in another shape or order, where Keras adds its biases. */
  private Set<String> handedOn(String value) {
    Set<String> values = new HashSet<>(Set.of(value));
    for (NodeProto node : nodes) {
      if (Positions.isPassage(node) && values.contains(node.getInput(0))) {
        values.addAll(node.getOutputList());
      }
    }
    return values;
  }

  private Optional<String> reasonToSkip(Layer layer, int node, Optional<AddedBias> bias) {
    if (!tensors.isDrawn(layer.weight())) {
      return Optional.of("its weight '%s' is kept as the model has it".formatted(layer.weight()));
    }
    if (flow.isFixed(node)) {
      return Optional.of("its output does not depend on the data");
    }
    if (!flow.isFixed(LayerSplitter.weightOperand(nodes.get(node)))) {
      return Optional.of("its weight '%s' is mixed with data".formatted(layer.weight()));
    }
    return bias.flatMap(this::reasonToSkip);
  }

  private Optional<String> reasonToSkip(AddedBias bias) {
    if (!flow.isFixed(bias.tensor())) {
      return Optional.of("its bias '%s' is computed from the data".formatted(bias.tensor()));
    }
    Optional<List<Long>> dims =
        tensors.dims(bias.tensor()).or(() -> ValueTypes.dims(models.type(bias.tensor())));
    return dims.filter(known -> !isPerChannel(known))
        .map(
            known ->
                "its bias '%s' of shape %s is not one value per channel"
                    .formatted(bias.tensor(), known));
  }

  /** Channels are innermost wherever a bias of more than one axis is allowed. */
  private static boolean isPerChannel(List<Long> dims) {
    return dims.stream().limit(Math.max(0, dims.size() - 1)).allMatch(dim -> dim == 1);
  }

  private void checkFloat32(Layer layer, String output) {
    Optional<ElementType> type = ValueTypes.elementType(models.type(output));
    if (!type.equals(Optional.of(ElementType.F32))) {
      throw new InputException(
          "Cannot calibrate layer '%s' of %s: its output has the wrong type (expected f32, found %s)"
              .formatted(
                  layer.name(),
                  name,
                  type.map(ElementType::label).orElse("another kind of value")));
    }
  }

  private int rank(NodeProto node) {
    int rank = models.type(node.getOutput(0)).getTensorType().getShape().getDimCount();
    int kernelAxes = Operators.attribute(node, "kernel_shape").map(a -> a.getIntsCount()).orElse(0);
    return rank > 0 ? rank : kernelAxes + 2;
  }

  private void checkOpset() {
    if (opset() < MIN_OPSET) {
      throw new InputException(
          "Cannot run %s: its operator set is too old, export it again (expected %d or later, found %d)"
              .formatted(name, MIN_OPSET, opset()));
    }
  }

  private long opset() {
    return form.model().getOpsetImportList().stream()
        .filter(opset -> Operators.isStandardDomain(opset.getDomain()))
        .mapToLong(OperatorSetIdProto::getVersion)
        .findFirst()
        .orElse(0);
  }

  private Set<String> allNames() {
    ModelProto model = form.model();
    Set<String> names = new HashSet<>(data.keySet());
    names.addAll(tensors.fed().keySet());
    names.addAll(tensors.kept().keySet());
    names.addAll(tensors.keptSparse().keySet());
    addNames(model.getGraph().getNodeList(), names);
    return names;
  }

  private static void addNames(List<NodeProto> nodes, Set<String> names) {
    for (NodeProto node : nodes) {
      names.add(node.getName());
      names.addAll(node.getOutputList());
      NodeReads.bodies(node).forEach(body -> addNames(body.getNodeList(), names));
    }
  }

  private SortedMap<String, ElementType> dataTypes() {
    SortedMap<String, ElementType> types = new TreeMap<>();
    data.forEach(
        (input, declared) ->
            types.put(input, ValueTypes.elementType(declared.getType()).orElseThrow()));
    return types;
  }
}
