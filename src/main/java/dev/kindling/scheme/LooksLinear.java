package dev.kindling.scheme;

import dev.kindling.model.Fans;
import java.util.Objects;

/**
 * A layer of a ReLU network that starts as a linear one: every channel comes with its mirror image,
 * {@code relu(x) - relu(-x) = x}.
 *
 * @param place where the layer stands
 * @param base how W is drawn; its fans are those of W
 */
@About(
    formula =
        "first [W; -W], hidden [[W, -W], [-W, W]], last [W, -W], with W drawn by the base scheme, "
            + "along the channel axes; mirrored axes are even, without groups",
    source =
        "Balduzzi, Frean, Leary, Lewis, Ma, McWilliams 2017, The shattered gradients problem, "
            + "https://arxiv.org/abs/1702.08591, section 4",
    use =
        "All layers of a plain ReLU network at once, biases 0: the network is then the product of "
            + "its W. With CReLU: the base scheme first, last everywhere behind it.")
public record LooksLinear(Place place, Scheme base) implements Scheme {
  public LooksLinear {
    Objects.requireNonNull(place, "place is null");
    Objects.requireNonNull(base, "base is null");
    if (base instanceof LooksLinear) {
      throw new IllegalArgumentException("the base of looks_linear cannot be looks_linear");
    }
  }

  @Override
  public Draw draw(Fans fans) {
    double in = place.mirrorsInputs() ? fans.in() / 2 : fans.in();
    double out = place.mirrorsOutputs() ? fans.out() / 2 : fans.out();
    Fans original = new Fans(in, out);
    return new Draw.Mirrored(place, base, original, base.draw(original));
  }

  @Override
  public boolean needsFans() {
    return base.needsFans();
  }

  @Override
  public int minRank() {
    return Math.max(2, base.minRank());
  }

  @Override
  public int maxRank() {
    return base.maxRank();
  }

  @Override
  public Convention fanRule(Convention stated) {
    return base.fanRule(stated);
  }

  /** Where a layer stands in the network, and so which of its sides are mirrored. */
  public enum Place {
    /** Reads the data: outputs are mirrored. */
    FIRST,
    /** Reads and feeds mirrored channels. */
    HIDDEN,
    /** Gives the result: inputs are mirrored. */
    LAST;

    /** Returns whether the second half of the outputs is the first times -1. */
    public boolean mirrorsOutputs() {
      return this != LAST;
    }

    /** Returns whether the second half of the inputs is the first times -1. */
    public boolean mirrorsInputs() {
      return this != FIRST;
    }
  }
}
