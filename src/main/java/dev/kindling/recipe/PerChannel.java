package dev.kindling.recipe;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.List;

/**
 * A factor or summand for a block: one number for all of it, or one per output channel.
 *
 * @param values a single number, or as many as the block has output channels; all finite
 */
public record PerChannel(List<Double> values) implements Serializable {
  /** The scale that changes nothing. */
  public static final PerChannel ONE = all(1);

  /** The shift that changes nothing. */
  public static final PerChannel ZERO = all(0);

  public PerChannel {
    values = List.copyOf(values);
    Require.positive(values.size(), "number of channels");
    values.forEach(value -> Require.finite(value, "scale or shift"));
  }

  /** Returns the same number for every channel. */
  public static PerChannel all(double value) {
    return new PerChannel(List.of(value));
  }

  /** Returns whether every channel has the same number because there is only one. */
  public boolean isUniform() {
    return values.size() == 1;
  }

  /** Returns the number of a channel, counted from 0. */
  public double of(int channel) {
    return isUniform() ? values.get(0) : values.get(channel);
  }

  /** Returns these numbers times {@code factor}. */
  public PerChannel times(double factor) {
    return new PerChannel(values.stream().map(value -> value * factor).toList());
  }
}
