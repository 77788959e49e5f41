package dev.kindling.recipe;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

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

  /**
   * Returns the products of these numbers and others, channel by channel.
   *
   * @throws IllegalArgumentException if both have several numbers, and not equally many
   */
  public PerChannel times(PerChannel factors) {
    return with(factors, (a, b) -> a * b);
  }

  /**
   * Returns the sums of these numbers and others, channel by channel.
   *
   * @throws IllegalArgumentException if both have several numbers, and not equally many
   */
  public PerChannel plus(PerChannel summands) {
    return with(summands, Double::sum);
  }

  /** Returns the numbers of some channels, as one number if they are equal. */
  PerChannel slice(int from, int to) {
    if (isUniform() || from == to) {
      return isUniform() ? this : all(values.get(0));
    }
    List<Double> slice = values.subList(from, to);
    return slice.stream().allMatch(slice.get(0)::equals)
        ? all(slice.get(0))
        : new PerChannel(slice);
  }

  private PerChannel with(PerChannel others, DoubleBinaryOperator operator) {
    if (!isUniform() && !others.isUniform() && others.values.size() != values.size()) {
      throw new IllegalArgumentException(
          "numbers for %d channels do not fit %d".formatted(others.values.size(), values.size()));
    }
    int count = Math.max(values.size(), others.values.size());
    return new PerChannel(
        IntStream.range(0, count)
            .mapToObj(channel -> operator.applyAsDouble(of(channel), others.of(channel)))
            .toList());
  }
}
