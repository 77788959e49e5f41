package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.GraphIndex.Reading;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.Positions;
import dev.kindling.reader.repair.RecurrentNames;
import dev.kindling.reader.shapes.LearnedNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Tells graph inputs that are parameters without values from those that carry data, by what reads
 * them.
 */
final class InputUses {
  private final GraphIndex index;
  private final Neighbours neighbours;

  InputUses(GraphIndex index) {
    this.index = index;
    this.neighbours = new Neighbours(index);
  }

  /** Returns whether a value is a graph input that is read, and only as a trained parameter. */
  boolean areAllTrainable(String value) {
    List<Reading> readings = finalReadings(value);
    return index.inputs().containsKey(value)
        && !index.isOutput(value)
        && !readings.isEmpty()
        && readings.stream().allMatch(reading -> isTrainable(reading) || isLearned(reading, value));
  }

  /** Returns whether some node reads the value where no model has data. */
  boolean mustBeTrainable(String value) {
    return finalReadings(value).stream()
        .anyMatch(reading -> Positions.isTrainable(reading.node(), reading.input()));
  }

  private boolean isTrainable(Reading reading) {
    return Positions.isTrainable(reading.node(), reading.input())
        || isPartOfOperand(reading.node())
        || Positions.isOftenTrainable(reading.node(), reading.input())
        || neighbours.isAddedToMatMul(reading.node(), reading.input())
        || neighbours.isNormScale(reading.node(), reading.input())
        || neighbours.isNormShift(reading.node(), reading.input())
        || neighbours.isResidualScale(reading.node(), reading.input());
  }

  /** Returns whether a node makes a part of a recurrent node's operand. */
  boolean isPartOfOperand(NodeProto node) {
    return Positions.isCut(node)
        && node.getOutputList().stream()
            .flatMap(output -> finalReadings(output).stream())
            .anyMatch(
                reading ->
                    (RecurrentNames.isRecurrent(reading.node())
                            && Positions.isTrainable(reading.node(), reading.input()))
                        || isPartOfOperand(reading.node()));
  }

  private static boolean isLearned(Reading reading, String value) {
    return (Positions.isJoin(reading.node()) && LearnedNames.matches(value))
        || (Neighbours.is(reading.node(), "Mul") && LearnedNames.isFactor(value));
  }

  /** The readings behind all Transpose, Identity, Cast and Reshape nodes. */
  private List<Reading> finalReadings(String value) {
    List<Reading> found = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      for (Reading reading : index.readings(open.pop())) {
        NodeProto node = reading.node();
        if (Positions.isPassage(node) && reading.input() == 0) {
          open.addAll(node.getOutputList());
        } else {
          found.add(reading);
        }
      }
    }
    return found;
  }
}
