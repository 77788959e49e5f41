package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.random.Stream;
import dev.kindling.scheme.GateOrder;

/**
 * Biases of recurrent layers: the last axis holds bias vectors one after the other, each with its
 * gates one after the other. Only the first vector has values other than zero.
 */
final class GateBias {
  private final GateOrder order;
  private final long length;
  private final long units;

  GateBias(RecipeEntry entry, GateOrder order, int vectors) {
    this.order = order;
    this.length = entry.shape().dim(entry.shape().rank() - 1);
    this.units = length / ((long) order.count() * vectors);
  }

  /** Writes 1 at the gate that keeps the state. */
  void fill(long start, Affine affine, Target target) {
    for (int i = 0; i < target.length(); i++) {
      target.put(
          i,
          gate(start + i) == order.keep() ? affine.factor() + affine.summand() : affine.summand());
    }
  }

  /**
   * Writes {@code b = log(1 + (longest - 1) x)} at the gate that keeps the state, with {@code x =
   * (w + 1/2) 2^-32} of its element's unsigned word w, and -b of the same unit at the input gate.
   */
  void fillLags(Stream elements, double longest, long start, Affine affine, Target target) {
    AddressedWords words = new AddressedWords(elements);
    for (int i = 0; i < target.length(); i++) {
      long gate = gate(start + i);
      boolean keeps = gate == order.keep();
      if (keeps || gate == order.input()) {
        long keeper = start + i + (order.keep() - gate) * units;
        double x = (Integer.toUnsignedLong(words.at(keeper)) + 0.5) * 0x1p-32;
        double lag = StrictMath.log(1 + (longest - 1) * x);
        target.put(i, affine.factor() * (keeps ? lag : -lag) + affine.summand());
      } else {
        target.put(i, affine.summand());
      }
    }
  }

  private long gate(long index) {
    return index % length / units;
  }
}
