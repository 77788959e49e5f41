package dev.kindling.expand;

/**
 * What an axis of a tensor runs over. Axes over the same space have the same map.
 *
 * @param space name of the space, {@link #FIXED} for one that must not grow
 * @param use what the layer does with it
 * @param unit indices of the axis for one of the space: the pixels of a channel
 */
public record Axis(String space, Use use, long unit) {
  /** An axis that must stay as it is: classes, tokens, positions, pixels. */
  public static final String FIXED = "";

  /** An axis that stays. */
  public static final Axis SAME = new Axis(FIXED, Use.OUTPUT, 1);

  /** What a layer does with an axis. */
  public enum Use {
    /** Sums over it, so that copies have to share. */
    INPUT,
    /** Has a result for each, so that copies are equal. */
    OUTPUT
  }

  /** Returns an axis of inputs. */
  static Axis input(String space) {
    return new Axis(space, Use.INPUT, 1);
  }

  /** Returns an axis of outputs. */
  static Axis output(String space) {
    return new Axis(space, Use.OUTPUT, 1);
  }

  Axis in(String other, long units) {
    return new Axis(other, use, units);
  }
}
