package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import java.util.List;
import java.util.Optional;

/**
 * Cuts large weights into slices of output channels. How wide a slice is may decide the last bits
 * of z, so the weight's shape alone decides it.
 */
final class LayerSlicer {
  private final Dataflow flow;
  private final GraphTensors tensors;
  private final StageModels models;
  private final long mostBytes;

  /**
   * @param mostBytes size of a slice; what is not larger is not cut
   */
  LayerSlicer(Dataflow flow, GraphTensors tensors, StageModels models, long mostBytes) {
    this.flow = flow;
    this.tensors = tensors;
    this.models = models;
    this.mostBytes = mostBytes;
  }

  /**
   * A weight that can be cut.
   *
   * @param tensor its name in the graph
   * @param axis axis that counts output channels
   * @param nodes the layer's node, and what turns the weight before it
   */
  private record Cut(String tensor, int axis, List<NodeProto> nodes) {}

  /** Returns how the layer runs in slices, if its weight is that large and can be cut. */
  Optional<Slices> slices(SplitLayer layer) {
    return cut(layer.linear()).filter(this::isLarge).map(cut -> slices(layer, cut));
  }

  private Slices slices(SplitLayer layer, Cut cut) {
    RecipeEntry entry = tensors.fed().get(cut.tensor());
    long channels = entry.shape().dim(cut.axis());
    String data = layer.linear().getInput(0);
    String input = layer.z() + ".input";
    return new Slices(
        models.slice(cut.nodes(), data, input, cut.tensor(), cut.axis()),
        input,
        cut.tensor(),
        cut.axis(),
        channels,
        Math.max(1, mostBytes / (bytes(entry) / channels)));
  }

  private Optional<Cut> cut(NodeProto linear) {
    String operand = LayerSplitter.weightOperand(linear);
    if (linear.getInputCount() > 2 || !isWhole(linear)) {
      return Optional.empty();
    }
    if (tensors.fed().containsKey(operand)) {
      return Optional.of(new Cut(operand, outputAxis(linear), List.of(linear)));
    }
    return flow.maker(operand)
        .filter(LayerSlicer::turnsMatrix)
        .map(turn -> new Cut(turn.getInput(0), 1 - outputAxis(linear), List.of(turn, linear)));
  }

  private boolean isLarge(Cut cut) {
    RecipeEntry entry = tensors.fed().get(cut.tensor());
    return entry != null
        && entry.type() == ElementType.F32
        && (cut.nodes().size() == 1 || entry.shape().rank() == 2)
        && entry.shape().rank() >= 2
        && bytes(entry) > mostBytes;
  }

  private static long bytes(RecipeEntry entry) {
    return entry.shape().elementCount() * entry.type().bytes();
  }

  /** Groups of channels would have to be cut as a whole. */
  private static boolean isWhole(NodeProto linear) {
    return number(linear, "group", 1) == 1;
  }

  private static int outputAxis(NodeProto linear) {
    if (Operators.is(linear, "Conv")) {
      return 0;
    }
    return number(linear, "transB", 0) == 0 ? 1 : 0;
  }

  private static boolean turnsMatrix(NodeProto node) {
    return Operators.is(node, "Transpose")
        && Operators.attribute(node, "perm")
            .map(perm -> perm.getIntsList().equals(List.of(1L, 0L)))
            .orElse(true);
  }

  private static long number(NodeProto node, String attribute, long otherwise) {
    return Operators.attribute(node, attribute).map(AttributeProto::getI).orElse(otherwise);
  }
}
