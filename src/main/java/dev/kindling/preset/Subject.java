package dev.kindling.preset;

import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Side;
import dev.kindling.structure.Structure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The model that a preset is applied to, and what was found in it. */
public final class Subject {
  private final Model model;
  private final Structure structure;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  Subject(Model model) {
    this.model = model;
    this.structure = Structure.of(model);
    model.tensors().forEach(tensor -> tensors.putIfAbsent(tensor.name(), tensor));
  }

  /** Returns what was found in the model. */
  Structure structure() {
    return structure;
  }

  /** Returns a tensor by its name. */
  Tensor tensor(String name) {
    return Optional.ofNullable(tensors.get(name)).orElseThrow();
  }

  /** Returns the dense, conv and other matrices. */
  Stream<Tensor> weights() {
    return model.tensors().stream().filter(tensor -> tensor.role().isWeight());
  }

  /** Returns the tensors of a role. */
  Stream<Tensor> tensors(Role role) {
    return model.tensors().stream().filter(tensor -> tensor.role() == role);
  }

  /** Returns the bias of the layer that a weight belongs to. */
  Optional<Tensor> biasOf(String weight) {
    String named = weight.replaceFirst("weight$", "bias");
    String name =
        model
            .graph()
            .flatMap(
                graph ->
                    graph.layers().stream()
                        .filter(layer -> layer.weight().equals(weight))
                        .findFirst()
                        .flatMap(Layer::bias))
            .orElse(named);
    return Optional.ofNullable(tensors.get(name)).filter(t -> t.role() == Role.BIAS);
  }

  /**
   * Returns the residual branches.
   *
   * @throws IllegalArgumentException if there are none
   */
  List<Branch> branches() {
    if (structure.branches().isEmpty()) {
      throw new IllegalArgumentException(
          "the model has no residual branch that it could be for (expected a sum of weights' output and what it came from, or names such as h.0.mlp.c_proj)");
    }
    return structure.branches();
  }

  /**
   * Returns the branches of a Transformer.
   *
   * @throws IllegalArgumentException if there is no attention
   */
  List<Branch> transformerBranches() {
    if (branches().stream().noneMatch(branch -> branch.kind().isAttention())) {
      throw new IllegalArgumentException(
          "the model has no attention in its residual branches (expected a softmax over queries and keys, or names such as h.0.attn.c_attn)");
    }
    return branches();
  }

  /** Returns the number of Transformer layers of a side. */
  long layers(Side side) {
    return Structure.layers(structure.branches(side));
  }
}
