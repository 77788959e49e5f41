package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;
import dev.kindling.scheme.Scheme;
import java.io.Serializable;
import java.util.Objects;

/**
 * A range of rows or columns of a tensor's matrix (its first axis by all others) that is drawn as
 * one. The blocks of a tensor cover it without overlap.
 *
 * @param axis what {@code from} and {@code to} count
 * @param from first row or column
 * @param to one past the last
 * @param parts the block's rows are cut into this many equal parts, and each is a matrix of its own
 *     (groups of a convolution); without effect on element-wise schemes
 * @param scheme how it is drawn
 * @param fans true fans of the block, {@link Fans#NONE} for tensors that have none
 * @param scale factor on standard deviation, bound or gain, from calibration
 * @param shift summand after scaling, from calibration
 */
public record Block(
    Axis axis,
    long from,
    long to,
    int parts,
    Scheme scheme,
    Fans fans,
    PerChannel scale,
    PerChannel shift)
    implements Serializable {
  /** What a block's range counts. */
  public enum Axis {
    ROWS,
    COLUMNS
  }

  public Block {
    Objects.requireNonNull(axis, "axis is null");
    Require.notNegative(from, "from");
    Require.notNegative(to - from, "length of the block");
    Require.positive(parts, "parts");
    Objects.requireNonNull(scheme, "scheme is null");
    Objects.requireNonNull(fans, "fans is null");
  }

  /** Returns a block of all rows, drawn as one, with scale 1 and shift 0. */
  public static Block whole(long rows, int parts, Scheme scheme, Fans fans) {
    return new Block(Axis.ROWS, 0, rows, parts, scheme, fans, PerChannel.ONE, PerChannel.ZERO);
  }

  /** Returns this block with its scale multiplied by {@code factors}. */
  Block scaledBy(PerChannel factors) {
    return new Block(axis, from, to, parts, scheme, fans, scale.times(factors), shift);
  }

  /** Returns this block with {@code summands} added to its shift. */
  Block shiftedBy(PerChannel summands) {
    return new Block(axis, from, to, parts, scheme, fans, scale, shift.plus(summands));
  }

  /** Returns this block with its scale multiplied by {@code factor}. */
  public Block scaledBy(double factor) {
    return new Block(axis, from, to, parts, scheme, fans, scale.times(factor), shift);
  }
}
