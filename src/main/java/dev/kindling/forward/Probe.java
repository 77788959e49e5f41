package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kindling.base.InputException;
import dev.kindling.base.ResourceException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model's whole graph in one session, in inference form, whose layers can be looked at and
 * pushed: to the output of each, bias included, an input is added that is zero unless said
 * otherwise. All weights are in the memory of this JVM. Not for several threads at once.
 */
public final class Probe implements AutoCloseable {
  private static final TensorValue NO_PUSH = TensorValue.ofFloats(Shape.of(), new float[1]);

  private final String name;
  private final List<Site> sites;
  private final List<String> attentions;
  private final List<String> remarks;
  private final List<String> live;
  private final SortedMap<String, ElementType> dataTypes = new TreeMap<>();
  private final NativeTensors owned = new NativeTensors();
  private final InputBuffers buffers = new InputBuffers();
  private final Map<String, OnnxTensor> weights;
  private final OrtSession session;

  /**
   * A layer's output.
   *
   * @param value its name in the graph
   * @param push name of what is added to it
   * @param axis where it keeps its channels
   */
  public record Site(Layer layer, String value, String push, ChannelAxis axis) {}

  /**
   * Generates the weights and loads the graph.
   *
   * @param model a model with a graph
   * @param recipe its tensors
   * @param sampleShapes for each data input the shape of one sample
   * @param values what generates
   * @throws IllegalArgumentException if the model has no graph
   * @throws InputException if the data do not fit the graph's inputs or ONNX Runtime does not
   *     accept it
   * @throws ResourceException if memory does not suffice
   */
  public Probe(Model model, Recipe recipe, Map<String, Shape> sampleShapes, TensorValues values) {
    this.name = model.name();
    Model.Graph graph = StagePlanner.graph(model);
    InferenceForm.Result form = InferenceForm.of(graph.onnx());
    remarks = form.remarks();
    List<NodeProto> nodes = form.model().getGraph().getNodeList();
    GraphTensors tensors = GraphTensors.of(model, form.model().getGraph(), recipe);
    SortedMap<String, ValueInfoProto> data = DataInputs.declare(name, tensors.data(), sampleShapes);
    Dataflow flow = new Dataflow(name, nodes, tensors);
    StageModels models = new StageModels(name, form.model(), tensors);
    data.forEach((input, declared) -> models.addTypes(Map.of(input, declared.getType())));
    data.forEach(
        (input, declared) ->
            dataTypes.put(input, ValueTypes.elementType(declared.getType()).orElseThrow()));
    sites = sites(graph.layers(), nodes, flow, tensors);
    attentions = softmaxes(nodes, flow);
    sites.forEach(
        site -> models.addTypes(Map.of(site.push(), ValueTypes.ofAnyShape(ElementType.F32))));
    StageModels.Part part = models.part(pushed(nodes, flow), outputs(), StageModels.Weights.INPUTS);
    live = part.live();
    boolean ready = false;
    try {
      weights = new FedTensors(values).generate(part.fed(), GraphTensors.byName(recipe), owned);
      session = OnnxRuntime.open(part.onnx(), Map.of());
      ready = true;
    } catch (OrtException e) {
      throw failure("load", e);
    } finally {
      if (!ready) {
        owned.close();
      }
    }
  }

  /** Returns the layers whose output depends on data, in execution order. */
  public List<Site> sites() {
    return sites;
  }

  /** Returns the names of what softmaxes put out inside of the graph. */
  public List<String> attentions() {
    return attentions;
  }

  /** Returns how the graph that runs differs from the model's, in words. */
  public List<String> remarks() {
    return remarks;
  }

  /** Returns the element types of the data inputs. */
  public SortedMap<String, ElementType> dataTypes() {
    return dataTypes;
  }

  /**
   * Returns values of the graph for some samples.
   *
   * @param in the data inputs
   * @param wanted names of values, among those of sites and attentions
   */
  public Map<String, TensorValue> run(MicroBatch in, Collection<String> wanted) {
    return run(in, Map.of(), new LinkedHashSet<>(wanted));
  }

  /**
   * Returns the output of a layer once something has been added to that of another.
   *
   * @param push what is added, of the shape of that layer's output
   */
  public TensorValue run(MicroBatch in, Site site, TensorValue push, Site wanted) {
    return run(in, Map.of(site.push(), push), Set.of(wanted.value())).get(wanted.value());
  }

  private Map<String, TensorValue> run(
      MicroBatch in, Map<String, TensorValue> pushes, Set<String> wanted) {
    try (NativeTensors inputs = new NativeTensors();
        OrtSession.Result result = session.run(feeds(in, pushes, inputs), wanted)) {
      Map<String, TensorValue> values = new HashMap<>();
      for (String value : wanted) {
        values.put(value, TensorValue.copyOf((OnnxTensor) result.get(value).orElseThrow(), value));
      }
      return values;
    } catch (OrtException e) {
      throw failure("run", e);
    }
  }

  private Map<String, OnnxTensor> feeds(
      MicroBatch in, Map<String, TensorValue> pushes, NativeTensors inputs) throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>(weights);
    Set<String> names = new LinkedHashSet<>(live);
    for (Site site : sites) {
      names.remove(site.push());
      add(site.push(), pushes.getOrDefault(site.push(), NO_PUSH), feeds, inputs);
    }
    for (String input : names) {
      add(input, in.tensor(input), feeds, inputs);
    }
    return feeds;
  }

  private void add(
      String input, TensorValue value, Map<String, OnnxTensor> feeds, NativeTensors inputs)
      throws OrtException {
    feeds.put(
        input,
        inputs.add(value.toOnnx(OnnxRuntime.environment(), buffers.of(input, value.byteCount()))));
  }

  private static List<Site> sites(
      List<Layer> layers, List<NodeProto> nodes, Dataflow flow, GraphTensors tensors) {
    Map<String, Layer> byNode = new HashMap<>();
    layers.forEach(layer -> byNode.put(layer.node(), layer));
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
        sites.add(new Site(layer, value, value + ".push", LayerSplitter.channelAxis(node)));
      }
    }
    return List.copyOf(sites);
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
  private List<NodeProto> pushed(List<NodeProto> nodes, Dataflow flow) {
    Map<String, Site> byValue = new HashMap<>();
    sites.forEach(site -> byValue.put(site.value(), site));
    List<NodeProto> all = new ArrayList<>();
    for (int i : flow.needed(outputs(), new BitSet()).stream().toArray()) {
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

  private List<String> outputs() {
    Set<String> outputs = new LinkedHashSet<>();
    sites.forEach(site -> outputs.add(site.value()));
    outputs.addAll(attentions);
    return List.copyOf(outputs);
  }

  private RuntimeException failure(String verb, OrtException e) {
    String message = "Cannot %s %s: %s".formatted(verb, name, OnnxRuntime.reason(e));
    return OnnxRuntime.isOutOfMemory(e)
        ? new ResourceException(message, e)
        : new InputException(message, e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("session of " + name + " is closed", e);
    } finally {
      owned.close();
    }
  }
}
