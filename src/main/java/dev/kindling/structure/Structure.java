package dev.kindling.structure;

import dev.kindling.model.Model;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was found in a model.
 *
 * @param branches residual branches in execution order
 * @param attentions attention groups in execution order
 * @param heads weights behind which no other one comes before the output, an embedding included
 *     that is used as one
 * @param positions embeddings that are read by position, not by token
 * @param decoderEmbeddings token embeddings that only the decoder reads
 * @param chains dense and conv layers that follow each other with a ReLU between them and nothing
 *     else that is not linear
 */
public record Structure(
    List<Branch> branches,
    List<AttentionGroup> attentions,
    List<String> heads,
    Set<String> positions,
    Set<String> decoderEmbeddings,
    List<List<String>> chains) {
  public Structure {
    branches = List.copyOf(branches);
    attentions = List.copyOf(attentions);
    heads = List.copyOf(heads);
    positions = Set.copyOf(positions);
    decoderEmbeddings = Set.copyOf(decoderEmbeddings);
    chains = List.copyOf(chains);
  }

  /** Returns what a model's graph shows, or its names where it has no graph. */
  public static Structure of(Model model) {
    return model
        .graph()
        .map(graph -> new GraphStructure(model, graph).find())
        .orElseGet(() -> new NamedStructure(model).find());
  }

  /** Returns the branch that a weight belongs to. */
  public Optional<Branch> branchOf(String weight) {
    return branches.stream().filter(branch -> branch.weights().contains(weight)).findFirst();
  }

  /** Returns the attention group that a weight belongs to. */
  public Optional<AttentionGroup> attentionOf(String weight) {
    return attentions.stream().filter(group -> group.tensors().contains(weight)).findFirst();
  }

  /** Returns the branches of a side. */
  public List<Branch> branches(Side side) {
    return branches.stream().filter(branch -> branch.side() == side).toList();
  }

  /**
   * Returns the number of layers that branches make: as many as have self-attention, since a
   * Transformer's layer has one; otherwise as many as there are branches.
   */
  public static long layers(List<Branch> branches) {
    long attentions = branches.stream().filter(b -> b.kind() == Branch.Kind.SELF_ATTENTION).count();
    return attentions == 0 ? branches.size() : attentions;
  }
}
