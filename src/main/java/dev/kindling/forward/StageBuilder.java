package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.forward.SplitLayer.AddedBias;
import dev.kindling.forward.StageModels.Part;
import dev.kindling.forward.StageModels.Weights;
import dev.kindling.model.ElementType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects the nodes of each stage, finds what must pass from one to the next, and makes their
 * models.
 */
final class StageBuilder {
  private final Dataflow flow;
  private final StageModels models;
  private final LayerSlicer slicer;
  private final List<NodeProto> nodes;
  private final List<Draft> drafts = new ArrayList<>();
  private final BitSet done = new BitSet();

  StageBuilder(Dataflow flow, StageModels models, LayerSlicer slicer, List<NodeProto> nodes) {
    this.flow = flow;
    this.models = models;
    this.slicer = slicer;
    this.nodes = nodes;
  }

  /**
   * A stage before it is known what it must keep.
   *
   * @param layer the layer that ends it
   * @param node the layer's node
   * @param own the other nodes that depend on data
   * @param activation what is measured instead of the layer's output, if anything
   */
  private record Draft(
      SplitLayer layer, int node, BitSet own, Optional<ActivationFinder.Found> activation) {}

  /** Returns the number of stages so far. */
  int size() {
    return drafts.size();
  }

  /** Returns the nodes, fixed ones included, that no stage has run and {@code goal} needs. */
  BitSet notYetRun(String goal) {
    return flow.needed(List.of(goal), done);
  }

  /**
   * Adds a stage of the nodes {@code run}, among them the layer's.
   *
   * @param activation what is measured instead of the layer's output, if anything
   */
  void add(SplitLayer layer, int node, BitSet run, Optional<ActivationFinder.Found> activation) {
    BitSet own = new BitSet();
    run.stream().filter(other -> !flow.isFixed(other)).forEach(own::set);
    done.or(own);
    own.clear(node);
    drafts.add(new Draft(layer, node, own, activation));
    models.addTypes(
        Map.of(
            layer.z(), models.type(layer.output()),
            layer.scale(), ValueTypes.ofAnyShape(ElementType.F32)));
  }

  List<Stage> build() {
    List<Set<String>> liveOut = new ArrayList<>();
    List<Boolean> withTail = new ArrayList<>();
    Set<String> needed = new TreeSet<>();
    for (int i = drafts.size() - 1; i >= 0; i--) {
      Set<String> kept = new TreeSet<>(needed);
      if (drafts.get(i).activation().isPresent()) {
        kept.add(drafts.get(i).layer().z());
      }
      liveOut.add(0, kept);
      needed.removeAll(made(drafts.get(i)));
      needed.addAll(reads(drafts.get(i)));
      withTail.add(0, i > 0 && needTail(drafts.get(i - 1), needed));
    }
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < drafts.size(); i++) {
      Optional<SplitLayer> before =
          withTail.get(i) ? Optional.of(drafts.get(i - 1).layer()) : Optional.empty();
      stages.add(stage(i, before, liveOut.get(i)));
    }
    return stages;
  }

  /**
   * Replaces the previous layer's output by its z, from which this stage makes it, if anything from
   * here on needs it.
   */
  private static boolean needTail(Draft before, Set<String> needed) {
    boolean need = needed.remove(before.layer().output());
    if (need) {
      needed.add(before.layer().z());
    }
    return need;
  }

  private Set<String> made(Draft draft) {
    Set<String> made = new LinkedHashSet<>(List.of(draft.layer().z()));
    draft.own().stream().forEach(node -> made.addAll(flow.node(node).getOutputList()));
    return made;
  }

  private Set<String> reads(Draft draft) {
    Set<String> reads = new LinkedHashSet<>(flow.reads(draft.node()));
    draft.own().stream().forEach(node -> reads.addAll(flow.reads(node)));
    reads.removeIf(flow::isFixed);
    reads.removeAll(made(draft));
    return reads;
  }

  private Stage stage(int index, Optional<SplitLayer> before, Set<String> liveOut) {
    SplitLayer layer = drafts.get(index).layer();
    List<NodeProto> run = new ArrayList<>();
    before.ifPresent(previous -> run.addAll(previous.tail()));
    drafts.get(index).own().stream().forEach(node -> run.add(flow.node(node)));
    Optional<Slices> slices = slicer.slices(layer);
    String last = slices.map(Slices::input).orElse(layer.z());
    run.add(slices.isPresent() ? identity(layer.linear().getInput(0), last) : layer.linear());
    Part part = models.part(withFixed(run), outputs(run, last, liveOut), Weights.CONSTANTS);
    Optional<String> scale = before.map(SplitLayer::scale);
    return new Stage(
        index,
        layer.layer(),
        part.onnx(),
        part.live().stream().filter(name -> !scale.equals(Optional.of(name))).toList(),
        part.fed(),
        scale,
        layer.z(),
        layer.channelAxis(),
        List.copyOf(liveOut),
        layer.bias().map(this::bias),
        drafts.get(index).activation().map(found -> activation(layer, found)),
        slices);
  }

  private Stage.Activation activation(SplitLayer layer, ActivationFinder.Found found) {
    List<NodeProto> run = new ArrayList<>(layer.tail());
    run.addAll(found.nodes());
    Part part = models.part(withFixed(run), List.of(found.output()), Weights.INPUTS);
    return new Stage.Activation(found.operator(), layer.scale(), part.onnx(), part.fed());
  }

  private static Set<String> outputs(List<NodeProto> run, String last, Set<String> liveOut) {
    Set<String> outputs = new LinkedHashSet<>();
    run.forEach(node -> outputs.addAll(node.getOutputList()));
    outputs.retainAll(liveOut);
    outputs.add(last);
    return outputs;
  }

  /** Returns the nodes with all fixed nodes that they need before them. */
  private List<NodeProto> withFixed(List<NodeProto> run) {
    Set<String> read = new LinkedHashSet<>();
    run.forEach(node -> NodeReads.of(node).stream().filter(flow::isFixed).forEach(read::add));
    List<NodeProto> all = new ArrayList<>();
    flow.needed(read, new BitSet()).stream().mapToObj(nodes::get).forEach(all::add);
    all.addAll(run);
    return all;
  }

  private Stage.Bias bias(AddedBias bias) {
    String output = bias.tensor() + ".value";
    NodeProto copy = identity(bias.tensor(), output);
    Part part = models.part(withFixed(List.of(copy)), List.of(output), Weights.INPUTS);
    return new Stage.Bias(bias.tensor(), bias.factor(), part.onnx(), part.fed());
  }

  private static NodeProto identity(String from, String to) {
    return NodeProto.newBuilder()
        .setName(to)
        .setOpType("Identity")
        .addInput(from)
        .addOutput(to)
        .build();
  }
}
