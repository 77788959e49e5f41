package dev.kindling.preset;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;
import dev.kindling.scheme.Scheme;
import java.util.List;
import java.util.Optional;

/**
 * What a preset gives to a tensor.
 *
 * @param parts one for the whole tensor, or one for each matrix that it stores
 * @param why in words
 */
public record Given(List<Part> parts, String why) {
  /**
   * A scheme and a factor on what it draws.
   *
   * @param scheme the scheme, absent for what the tensor would get without the preset
   * @param factor on standard deviation, bound or gain
   * @param at fans that the deviation is taken for, absent for the tensor's own
   */
  public record Part(Optional<Scheme> scheme, double factor, Optional<Fans> at) {
    public Part {
      Require.finite(factor, "factor");
    }

    /** Returns a part with the tensor's own fans. */
    public Part(Optional<Scheme> scheme, double factor) {
      this(scheme, factor, Optional.empty());
    }
  }

  public Given {
    parts = List.copyOf(parts);
    Require.positive(parts.size(), "number of parts");
  }

  /** Returns a scheme for a whole tensor. */
  public static Given of(Scheme scheme, double factor, String why) {
    return new Given(List.of(new Part(Optional.of(scheme), factor)), why);
  }
}
