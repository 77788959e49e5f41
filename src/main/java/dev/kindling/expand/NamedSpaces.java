package dev.kindling.expand;

import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.structure.AttentionGroup;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Structure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Spaces of a Transformer: the residual stream that all blocks share, and of each block the heads
 * of the queries, those of keys and values, and the hidden units of its feed-forward part.
 */
final class NamedSpaces implements Spaces {
  private static final String STREAM = "stream";
  private static final int FUSED = 3;

  private final Structure structure;
  private final Map<String, Tensor> tensors = new HashMap<>();
  private final boolean isTied;
  private final List<String> heads;

  NamedSpaces(Model model, Structure structure, ExpandSettings.Head head) {
    this.structure = structure;
    model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    this.heads =
        structure.heads().stream()
            .filter(name -> tensors.containsKey(name) && tensors.get(name).role() == Role.DENSE)
            .toList();
    boolean sharesEmbedding =
        structure.heads().stream()
            .anyMatch(
                name -> tensors.containsKey(name) && tensors.get(name).role() == Role.EMBEDDING);
    boolean named =
        model.tensors().stream()
            .anyMatch(t -> t.role() == Role.EMBEDDING && !t.aliases().isEmpty());
    this.isTied = heads.isEmpty() && (sharesEmbedding || named || head == ExpandSettings.Head.TIED);
  }

  @Override
  public List<Axis> of(Tensor tensor) {
    int rank = tensor.shape().rank();
    return switch (tensor.role()) {
      case EMBEDDING, ADDITIVE -> last(rank, Axis.output(STREAM));
      case NORM_SCALE, NORM_SHIFT -> last(rank, Axis.output(STREAM));
      case BIAS -> last(rank, weightBeside(tensor).map(this::output).orElseThrow(() -> unknown()));
      case DENSE, FUSED_QKV -> weight(tensor);
      default ->
          throw new IllegalArgumentException(
              "a Transformer's tensor of role %s is not understood"
                  .formatted(tensor.role().label()));
    };
  }

  private List<Axis> weight(Tensor tensor) {
    if (tensor.shape().rank() != 2) {
      throw unknown();
    }
    Axis output = output(tensor);
    Axis input = input(tensor);
    return tensor.layout() == Layout.OUT_IN ? List.of(output, input) : List.of(input, output);
  }

  private Axis output(Tensor weight) {
    String name = weight.name();
    Optional<AttentionGroup> group = structure.attentionOf(name);
    if (group.isPresent()) {
      return Axis.output(attentionOutput(group.get(), name));
    }
    if (heads.contains(name)) {
      return Axis.SAME;
    }
    Optional<Branch> branch = structure.branchOf(name);
    if (branch.isEmpty()) {
      throw unknown();
    }
    return Axis.output(branch.get().ends().contains(name) ? STREAM : hidden(branch.get()));
  }

  private Axis input(Tensor weight) {
    String name = weight.name();
    Optional<AttentionGroup> group = structure.attentionOf(name);
    if (group.isPresent()) {
      return Axis.input(
          group.get().out().equals(Optional.of(name)) ? queries(group.get()) : STREAM);
    }
    Optional<Branch> branch = structure.branchOf(name);
    boolean ends = branch.isPresent() && branch.get().ends().contains(name);
    return Axis.input(ends ? hidden(branch.get()) : STREAM);
  }

  /** Keys and values of as many heads as there are queries have the same map. */
  private String attentionOutput(AttentionGroup group, String name) {
    if (group.out().equals(Optional.of(name))) {
      return STREAM;
    }
    Tensor query = tensors.get(group.query().tensor());
    boolean alike = query.shape().equals(tensors.get(name).shape());
    return alike ? queries(group) : "keys of " + group.name();
  }

  private static String queries(AttentionGroup group) {
    return "heads of " + group.name();
  }

  private static String hidden(Branch branch) {
    return "hidden units of " + branch.name();
  }

  private Optional<Tensor> weightBeside(Tensor bias) {
    String stem = bias.name().replaceFirst("bias$", "");
    return Optional.ofNullable(tensors.get(stem + "weight"))
        .or(() -> Optional.ofNullable(tensors.get(stem + "kernel")));
  }

  private static List<Axis> last(int rank, Axis axis) {
    return IntStream.range(0, rank)
        .mapToObj(i -> i == rank - 1 ? axis : Axis.SAME)
        .collect(Collectors.toList());
  }

  @Override
  public List<Long> parts(Tensor tensor) {
    Optional<Tensor> weight =
        tensor.role() == Role.BIAS ? weightBeside(tensor) : Optional.of(tensor);
    if (weight.isEmpty()) {
      return List.of();
    }
    if (!weight.get().fused().isEmpty()) {
      return weight.get().fused().stream().map(FusedPart::outputs).toList();
    }
    boolean isFused =
        structure
            .attentionOf(weight.get().name())
            .map(group -> group.query().parts() == FUSED && !isMix(group, weight.get()))
            .orElse(false);
    long outputs = tensor.shape().dim(tensor.shape().rank() - 1);
    if (weight.get().layout() == Layout.OUT_IN) {
      outputs = tensor.shape().dim(0);
    }
    return isFused ? List.of(outputs / FUSED, outputs / FUSED, outputs / FUSED) : List.of();
  }

  private static boolean isMix(AttentionGroup group, Tensor weight) {
    return group.out().equals(Optional.of(weight.name()));
  }

  /** An embedding that is the head too sums over copies, so the norm in front of it shares them. */
  @Override
  public Optional<String> scaledByCopiesOf(Tensor tensor) {
    boolean norm = tensor.role() == Role.NORM_SCALE || tensor.role() == Role.NORM_SHIFT;
    boolean last =
        !tensor.name().matches(".*\\d.*")
            && !tensor.name().toLowerCase(java.util.Locale.ROOT).contains("embed");
    return isTied && norm && last ? Optional.of(STREAM) : Optional.empty();
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException("its place in the model is not known");
  }
}
