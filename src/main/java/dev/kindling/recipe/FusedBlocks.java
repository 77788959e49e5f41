package dev.kindling.recipe;

import dev.kindling.model.Fans;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Scheme;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a tensor that stores several matrices next to each other along its outputs, so that each has
 * fans and a distribution of its own: Glorot on fused queries, keys and values would halve the
 * variance, orthogonal rows of fused gates would leave no gate orthogonal.
 *
 * @param tensor the tensor
 * @param parts what it stores, one direction after the other
 * @param directions how often
 */
record FusedBlocks(Tensor tensor, List<FusedPart> parts, int directions) {
  /** Queries, keys and values. */
  private static final int ATTENTION_PARTS = 3;

  /** Of an LSTM. */
  private static final int MAX_GATES = 4;

  private static final int MAX_DIRECTIONS = 2;

  /**
   * Returns the parts that are drawn one by one under a convention; nothing is cut if there is one,
   * or if the scheme draws no matrix.
   *
   * @throws IllegalArgumentException if the parts do not add up to the tensor's outputs
   */
  static FusedBlocks of(Tensor tensor, Scheme scheme, Convention convention) {
    if (scheme.minRank() < 2 || tensor.shape().rank() < 2) {
      return new FusedBlocks(tensor, List.of(), 1);
    }
    int directions = directions(tensor);
    long outputs = outputs(tensor) / directions;
    boolean perPart = scheme.fanRule(convention).isPerPart(tensor.role());
    List<FusedPart> parts = perPart ? parts(tensor, outputs) : List.of();
    if (parts.isEmpty()) {
      parts = List.of(new FusedPart("all", outputs));
    }
    long sum = parts.stream().mapToLong(FusedPart::outputs).sum();
    if (sum != outputs) {
      throw new IllegalArgumentException(
          "the matrices that it stores do not add up to its outputs (expected %d, found %d for %s)"
              .formatted(outputs, sum, FusedPart.names(parts)));
    }
    return new FusedBlocks(tensor, parts, directions);
  }

  /** Returns whether there is more than one matrix. */
  boolean isCut() {
    return directions > 1 || !(parts.isEmpty() || isWhole());
  }

  /** Returns what is drawn on its own, in words: {@code each of i, f, g, o}. */
  String description() {
    String each =
        parts.isEmpty() || isWhole() ? "" : "each of " + FusedPart.names(parts) + byHeads();
    String both = directions > 1 ? "each direction" : "";
    return each.isEmpty() || both.isEmpty() ? each + both : each + " in " + both;
  }

  private boolean isWhole() {
    return parts.size() == 1 && parts.get(0).fanOut() == parts.get(0).outputs();
  }

  /** Heads' shares of a matrix have its fans, and each is a matrix of its own. */
  private String byHeads() {
    return parts.get(0).fanOut() == parts.get(0).outputs() ? "" : " by heads";
  }

  /** Returns a block for each part, with the fan-in of the whole and the part's outputs. */
  List<Block> blocks(Scheme scheme, Fans whole) {
    List<Block> blocks = new ArrayList<>();
    long from = 0;
    for (int direction = 0; direction < directions; direction++) {
      for (FusedPart part : parts) {
        Fans fans = new Fans(whole.in(), part.fanOut() * taps());
        long to = from + part.outputs() * columnsPerOutput();
        blocks.add(new Block(axis(), from, to, 1, scheme, fans, PerChannel.ONE, PerChannel.ZERO));
        from = to;
      }
    }
    return blocks;
  }

  private Block.Axis axis() {
    return tensor.layout() == Layout.OUT_IN ? Block.Axis.ROWS : Block.Axis.COLUMNS;
  }

  private long columnsPerOutput() {
    return tensor.layout() == Layout.OUT_IN ? 1 : taps();
  }

  private long taps() {
    return tensor.role().matrix(tensor.shape()).elementsFrom(2);
  }

  /** What the model says, or else what role and shape do. */
  private static List<FusedPart> parts(Tensor tensor, long outputs) {
    if (!tensor.fused().isEmpty()) {
      return tensor.fused();
    }
    return switch (tensor.role()) {
      case FUSED_QKV -> attention(outputs);
      case RECURRENT_HIDDEN -> gates(outputs, inputs(tensor));
      default -> List.of();
    };
  }

  private static List<FusedPart> attention(long outputs) {
    if (outputs % ATTENTION_PARTS != 0) {
      throw new IllegalArgumentException(
          "%d outputs do not divide into queries, keys and values of one size".formatted(outputs));
    }
    return FusedPart.attention(outputs / ATTENTION_PARTS, outputs / ATTENTION_PARTS);
  }

  /** A gate's hidden weights are square. */
  private static List<FusedPart> gates(long outputs, long units) {
    List<FusedPart> gates = new ArrayList<>();
    if (units > 0 && outputs % units == 0 && outputs / units <= MAX_GATES) {
      for (long gate = 1; gate <= outputs / units; gate++) {
        gates.add(new FusedPart("gate " + gate, units));
      }
    }
    return gates;
  }

  private static int directions(Tensor tensor) {
    Shape shape = tensor.shape();
    if (!tensor.role().isRecurrent()
        || tensor.layout() != Layout.OUT_IN
        || tensor.role().matrix(shape).equals(shape)) {
      return 1;
    }
    if (shape.dim(0) > MAX_DIRECTIONS) {
      throw new IllegalArgumentException(
          "its first axis holds directions (expected 1 or 2, found %d)".formatted(shape.dim(0)));
    }
    return (int) Math.max(1, shape.dim(0));
  }

  private static long outputs(Tensor tensor) {
    return tensor.role().matrix(tensor.shape()).dim(tensor.layout() == Layout.OUT_IN ? 0 : 1);
  }

  private static long inputs(Tensor tensor) {
    return tensor.role().matrix(tensor.shape()).dim(tensor.layout() == Layout.OUT_IN ? 1 : 0);
  }
}
