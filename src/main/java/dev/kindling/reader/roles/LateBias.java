package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.Positions;
import dev.kindling.reader.shapes.LearnedNames;
import java.util.Optional;

/**
 * Finds the bias of a layer that adds it only after its output was brought into another shape or
 * order, as Keras and TensorFlow do, whose channels come last, or whose bias has axes of length 1,
 * as scikit-learn's.
 */
final class LateBias {
  private final SourceFinder sources;
  private final Neighbours neighbours;

  LateBias(GraphIndex index, SourceFinder sources) {
    this.sources = sources;
    this.neighbours = new Neighbours(index);
  }

  /**
   * A bias and where it is added.
   *
   * @param output the sum
   */
  record Found(Source bias, String output) {}

  /** Returns what the next Add behind a layer adds, if it has a number for each output. */
  Optional<Found> behind(NodeProto layer, long outputs) {
    NodeProto node = layer;
    Optional<NodeProto> next = neighbours.soleReader(node);
    while (next.isPresent() && Positions.isPassage(next.get())) {
      node = next.get();
      next = neighbours.soleReader(node);
    }
    String value = node.getOutput(0);
    return next.filter(reader -> Neighbours.is(reader, "Add"))
        .flatMap(add -> found(add, value, outputs));
  }

  private Optional<Found> found(NodeProto add, String value, long outputs) {
    return Neighbours.other(add, add.getInput(0).equals(value) ? 0 : 1)
        .flatMap(sources::find)
        .filter(source -> isBias(source, outputs))
        .map(source -> new Found(source, add.getOutput(0)));
  }

  /** Tables of positions and tokens have names that say so, and more than one row. */
  private static boolean isBias(Source source, long outputs) {
    boolean single = source.shape().dims().stream().filter(dim -> dim > 1).count() <= 1;
    return single
        && source.shape().rank() >= 1
        && source.shape().elementCount() == outputs
        && !LearnedNames.matches(source.name());
  }
}
