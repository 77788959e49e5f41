package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.reader.graph.Attributes;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.GraphIndex.Reading;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.repair.ExportedNames;
import java.util.List;
import java.util.Optional;

/**
 * Finds the weights of experts: a matrix for each on the first of three axes, all of which a
 * product reads at once, or of which a Gather chooses some before a product reads them.
 */
final class Experts {
  private static final int RANK = 3;
  private static final List<Long> LAST_TWO = List.of(0L, 2L, 1L);

  private final GraphIndex index;
  private final ActivationFinder activations;

  Experts(GraphIndex index, ActivationFinder activations) {
    this.index = index;
    this.activations = activations;
  }

  /** Returns the use of a weight whose experts are as many as the first axis of the data. */
  Optional<TensorUse> of(NodeProto node, Source weight, Layout used) {
    boolean swapped = weight.orientation() == Source.Orientation.LAST_SWAPPED;
    boolean stacked = weight.shape().rank() == RANK && !weight.reshaped();
    return stacked && (swapped || weight.orientation() == Source.Orientation.AS_IS)
        ? Optional.of(use(weight, weight.layout(used), node.getOutput(0)))
        : Optional.empty();
  }

  /** Returns the use of a weight or bias of which a Gather chooses the experts' by their number. */
  Optional<TensorUse> chosen(NodeProto gather, Source table) {
    if (Attributes.integer(gather, "axis", 0) != 0 || table.reshaped()) {
      return Optional.empty();
    }
    if (table.shape().rank() == 2 && ExportedNames.last(table.name()).endsWith("bias")) {
      return added(gather.getOutput(0))
          ? Optional.of(TensorUse.of(table, Role.BIAS))
          : Optional.empty();
    }
    return table.shape().rank() == RANK
        ? product(gather.getOutput(0), table, Layout.IN_OUT)
        : Optional.empty();
  }

  /** Follows what was chosen to the product that reads it. */
  private Optional<TensorUse> product(String value, Source weight, Layout used) {
    for (Reading reading : index.readings(value)) {
      NodeProto node = reading.node();
      Optional<TensorUse> found =
          switch (node.getOpType()) {
            case "MatMul" ->
                Optional.of(
                    use(weight, reading.input() == 1 ? used : other(used), node.getOutput(0)));
            case "Transpose" -> product(node.getOutput(0), weight, transposed(node, used));
            case "Squeeze", "Unsqueeze", "Cast", "Identity" ->
                product(node.getOutput(0), weight, used);
            case "Einsum" -> einsum(node, reading.input(), weight);
            default -> Optional.empty();
          };
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<TensorUse> einsum(NodeProto node, int operand, Source weight) {
    return EinsumWeight.of(Attributes.text(node, "equation"), operand)
        .filter(how -> how.role() == Role.EXPERTS)
        .map(how -> use(weight, how.layout(), node.getOutput(0)));
  }

  /** A single expert's matrix has two axes, those of several have three. */
  private static Layout transposed(NodeProto node, Layout used) {
    List<Long> axes = Attributes.integers(node, "perm");
    boolean swaps =
        axes.equals(LAST_TWO)
            || axes.equals(List.of(1L, 0L))
            || (axes.size() > RANK && axes.get(axes.size() - 1) == axes.size() - 2);
    return swaps ? other(used) : used;
  }

  private static Layout other(Layout layout) {
    return layout == Layout.IN_OUT ? Layout.OUT_IN : Layout.IN_OUT;
  }

  private boolean added(String value) {
    return index.readings(value).stream()
        .anyMatch(
            reading ->
                Neighbours.is(reading.node(), "Add")
                    || (Neighbours.is(reading.node(), "Unsqueeze")
                        && added(reading.node().getOutput(0))));
  }

  private TensorUse use(Source weight, Layout layout, String output) {
    int experts = (int) Math.max(1, weight.shape().dim(0));
    return new TensorUse(weight, Role.EXPERTS, layout, experts, 1, activations.after(output));
  }
}
