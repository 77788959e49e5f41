package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.kindling.base.InputException;
import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Recipe;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * A model's whole graph as a {@link Probe} runs it: in inference form, with an input added to the
 * output of each layer. It holds no weight, so it may be made in one place and run in another.
 *
 * @param model name of the model, for messages
 * @param onnx the graph, serialised
 * @param live its inputs that data or a push fill
 * @param fed its inputs that the recipe fills
 * @param sites layers whose output depends on data, in execution order
 * @param attentions names of what softmaxes put out inside of the graph
 * @param remarks how the graph that runs differs from the model's, in words
 */
public record ProbePlan(
    String model,
    ByteString onnx,
    List<String> live,
    List<String> fed,
    List<Site> sites,
    List<String> attentions,
    List<String> remarks)
    implements Serializable {
  public ProbePlan {
    live = List.copyOf(live);
    fed = List.copyOf(fed);
    sites = List.copyOf(sites);
    attentions = List.copyOf(attentions);
    remarks = List.copyOf(remarks);
  }

  /**
   * A layer's output.
   *
   * @param activation what follows it
   * @param value its name in the graph
   * @param push name of what is added to it
   * @param axis where it keeps its channels
   */
  public record Site(
      Layer layer, Activation activation, String value, String push, ChannelAxis axis)
      implements Serializable {}

  /**
   * Plans to probe a model.
   *
   * @param model a model with a graph
   * @param recipe its tensors
   * @param sampleShapes for each data input the shape of one sample
   * @throws IllegalArgumentException if the model has no graph
   * @throws InputException if the data do not fit the graph's inputs
   */
  public static ProbePlan of(Model model, Recipe recipe, Map<String, Shape> sampleShapes) {
    Model.Graph graph = StagePlanner.graph(model);
    InferenceForm.Result form = InferenceForm.of(graph.onnx());
    GraphTensors tensors = GraphTensors.of(model, form.model().getGraph(), recipe);
    SortedMap<String, ValueInfoProto> data =
        DataInputs.declare(model.name(), tensors.data(), sampleShapes);
    StageModels models = new StageModels(model.name(), form.model(), tensors);
    data.forEach((input, declared) -> models.addTypes(Map.of(input, declared.getType())));
    List<NodeProto> nodes = form.model().getGraph().getNodeList();
    Dataflow flow = new Dataflow(model.name(), nodes, tensors);
    List<Site> sites = sites(model, nodes, flow, tensors);
    List<String> attentions = softmaxes(nodes, flow);
    sites.forEach(
        site -> models.addTypes(Map.of(site.push(), ValueTypes.ofAnyShape(ElementType.F32))));
    List<String> outputs = outputs(sites, attentions);
    StageModels.Part part =
        models.part(pushed(nodes, flow, sites, outputs), outputs, StageModels.Weights.INPUTS);
    return new ProbePlan(
        model.name(), part.onnx(), part.live(), part.fed(), sites, attentions, form.remarks());
  }

  private static List<Site> sites(
      Model model, List<NodeProto> nodes, Dataflow flow, GraphTensors tensors) {
    Map<String, Layer> byNode = new HashMap<>();
    StagePlanner.graph(model).layers().forEach(layer -> byNode.put(layer.node(), layer));
    List<Site> sites = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      NodeProto node = nodes.get(i);
      Layer layer = byNode.get(node.getName());
      if (layer != null && LayerSplitter.isLayer(node) && !flow.isFixed(i)) {
        String value =
            layer
                .bias()
                .flatMap(bias -> sumBehind(node, bias, nodes, flow, tensors))
                .orElse(node.getOutput(0));
        sites.add(
            new Site(
                layer,
                activation(model, layer.weight()),
                value,
                value + ".push",
                LayerSplitter.channelAxis(node)));
      }
    }
    return List.copyOf(sites);
  }

  private static Activation activation(Model model, String weight) {
    return model.tensors().stream()
        .filter(tensor -> tensor.name().equals(weight) || tensor.aliases().contains(weight))
        .map(Tensor::activation)
        .findFirst()
        .orElse(Activation.NONE);
  }

  /** Where a bias is added by a node of its own, the output is that of the sum. */
  private static Optional<String> sumBehind(
      NodeProto layer, String bias, List<NodeProto> nodes, Dataflow flow, GraphTensors tensors) {
    return LayerSplitter.ownBias(layer).isPresent()
        ? Optional.empty()
        : nodes.stream()
            .filter(node -> Operators.is(node, "Add"))
            .filter(node -> node.getInputList().contains(layer.getOutput(0)))
            .filter(
                node ->
                    node.getInputList().stream()
                        .anyMatch(
                            summand ->
                                flow.weightsBehind(summand).contains(tensors.recipeName(bias))))
            .map(node -> node.getOutput(0))
            .findFirst();
  }

  private static List<String> softmaxes(List<NodeProto> nodes, Dataflow flow) {
    Set<String> read = new LinkedHashSet<>();
    nodes.forEach(node -> read.addAll(node.getInputList()));
    List<String> softmaxes = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      NodeProto node = nodes.get(i);
      if (Operators.is(node, "Softmax") && !flow.isFixed(i) && read.contains(node.getOutput(0))) {
        softmaxes.add(node.getOutput(0));
      }
    }
    return List.copyOf(softmaxes);
  }

  /** Returns the nodes that are needed, with an addition behind each layer. */
  private static List<NodeProto> pushed(
      List<NodeProto> nodes, Dataflow flow, List<Site> sites, List<String> outputs) {
    Map<String, Site> byValue = new HashMap<>();
    sites.forEach(site -> byValue.put(site.value(), site));
    List<NodeProto> all = new ArrayList<>();
    for (int i : flow.needed(outputs, new BitSet()).stream().toArray()) {
      NodeProto node = nodes.get(i);
      Site site = node.getOutputCount() == 0 ? null : byValue.get(node.getOutput(0));
      if (site == null) {
        all.add(node);
      } else {
        String before = site.value() + ".before";
        all.add(node.toBuilder().setOutput(0, before).build());
        all.add(
            NodeProto.newBuilder()
                .setOpType("Add")
                .setName(site.push())
                .addInput(before)
                .addInput(site.push())
                .addOutput(site.value())
                .build());
      }
    }
    return all;
  }

  private static List<String> outputs(List<Site> sites, List<String> attentions) {
    Set<String> outputs = new LinkedHashSet<>();
    sites.forEach(site -> outputs.add(site.value()));
    outputs.addAll(attentions);
    return List.copyOf(outputs);
  }
}
