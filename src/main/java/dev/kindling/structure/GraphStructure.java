package dev.kindling.structure;

import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.structure.AttentionFinder.Found;
import dev.kindling.structure.AttentionGroup.Memory;
import dev.kindling.structure.Branch.Kind;
import dev.kindling.structure.BranchFinder.Join;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts together what the searches in a graph find. */
final class GraphStructure {
  private final ActivationGraph graph;
  private final List<Found> attentions;
  private final Set<Integer> encoder;

  GraphStructure(Model model, Model.Graph graph) {
    this.graph = new ActivationGraph(model, graph.onnx().getGraph());
    this.attentions = new AttentionFinder(this.graph).find();
    List<Integer> memories = attentions.stream().flatMap(found -> found.memory().stream()).toList();
    this.encoder = Search.reached(memories, this.graph::sources, vertex -> false);
  }

  Structure find() {
    List<Branch> branches = new BranchFinder(graph).find().stream().map(this::complete).toList();
    return new Structure(
        branches,
        attentions.stream().map(Found::group).toList(),
        heads(branches),
        positions(),
        decoderEmbeddings(),
        new ChainFinder(graph).find());
  }

  private Branch complete(Join join) {
    Branch branch = join.branch().on(side(join));
    Optional<AttentionGroup> group =
        attentions.stream()
            .filter(found -> join.region().contains(found.scores()))
            .map(Found::group)
            .filter(found -> branch.weights().containsAll(found.tensors()))
            .findFirst();
    return group
        .map(
            found ->
                branch.as(
                    found.memory() == Memory.OWN ? Kind.SELF_ATTENTION : Kind.CROSS_ATTENTION,
                    matrices(branch, found)))
        .orElse(branch);
  }

  private static int matrices(Branch branch, AttentionGroup group) {
    int stored = (int) List.of(group.query(), group.key(), group.value()).stream().count();
    long tensors =
        List.of(group.query(), group.key(), group.value()).stream()
            .map(AttentionGroup.Projection::tensor)
            .distinct()
            .count();
    return branch.weights().size() + stored - (int) tensors;
  }

  private Side side(Join join) {
    if (!encoder.isEmpty()) {
      return encoder.contains(join.vertex()) ? Side.ENCODER : Side.DECODER;
    }
    return NamedStructure.side(join.branch().weights().get(0));
  }

  private List<String> heads(List<Branch> branches) {
    Set<String> inner = new HashSet<>();
    branches.forEach(branch -> inner.addAll(branch.weights()));
    branches.forEach(branch -> inner.addAll(branch.shortcut()));
    return Search.nearest(
            graph.outputs(), graph::sources, v -> graph.weight(v).isPresent(), v -> true)
        .stream()
        .flatMap(vertex -> graph.weight(vertex).stream())
        .map(Tensor::name)
        .filter(name -> !inner.contains(name))
        .distinct()
        .toList();
  }

  /** Embeddings that are read by what is not made of data. */
  private Set<String> positions() {
    Set<String> found = new LinkedHashSet<>();
    for (int vertex = 0; vertex < graph.size(); vertex++) {
      if (graph.operator(vertex).equals("Gather")) {
        String places = graph.node(vertex).orElseThrow().getInput(1);
        if (!graph.isMadeOfData(places)) {
          found.addAll(graph.parameters(vertex, Role.EMBEDDING));
        }
      }
    }
    return found;
  }

  private Set<String> decoderEmbeddings() {
    Set<String> positions = positions();
    Set<String> read = new LinkedHashSet<>();
    List<String> shared = new ArrayList<>();
    for (int vertex = 0; vertex < graph.size(); vertex++) {
      if (graph.operator(vertex).equals("Gather")) {
        List<String> tables = graph.parameters(vertex, Role.EMBEDDING);
        (encoder.contains(vertex) || encoder.isEmpty() ? shared : read).addAll(tables);
      }
    }
    shared.forEach(read::remove);
    read.removeAll(positions);
    return read;
  }
}
