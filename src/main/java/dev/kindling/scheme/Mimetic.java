package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;
import java.util.Objects;

/**
 * One of the two matrices whose product is near a multiple of the identity: queries and keys of a
 * head, or values and output of an attention.
 *
 * @param part which of the four matrices
 * @param group name of the tensor by whose address both matrices of a product are drawn, empty for
 *     the tensor's own name
 * @param width outputs of a head; only queries and keys have a product for each head
 * @param first number of the first head that is stored here
 * @param noise standard deviation of the product's elements times sqrt(d)
 * @param diagonal mean of the product's diagonal
 */
@About(
    formula =
        "A = noise Z / sqrt(d) + diagonal I with Z of N(0, 1), d x d, and A = U S V^T; query and "
            + "value U sqrt(S), key and output V sqrt(S), of queries and keys the width largest of S "
            + "for each head, so that W_Q W_K^T and W_V W_out are near A (for y = x W)",
    source =
        "Trockman, Kolter 2023, Mimetic initialization of self-attention layers, "
            + "https://arxiv.org/abs/2305.09828, section 3",
    use =
        "Self-attention of vision Transformers that are trained on little data: diagonal 0.7 for "
            + "queries and keys, noise 0.4 and diagonal -0.4 for values and output. The preset "
            + "mimetic states part, group and width.")
public record Mimetic(
    Part part, String group, long width, long first, double noise, double diagonal)
    implements Scheme {
  /** Its fourth power is a number still. */
  private static final double LARGEST = 1e18;

  /** Which matrix of an attention. */
  public enum Part {
    QUERY,
    KEY,
    VALUE,
    OUTPUT;

    /** Returns whether each head has a product of its own. */
    public boolean isByHeads() {
      return this == QUERY || this == KEY;
    }

    /** Returns whether it is the left matrix of its product. */
    public boolean isLeft() {
      return this == QUERY || this == VALUE;
    }
  }

  public Mimetic {
    Objects.requireNonNull(part, "part is null");
    Objects.requireNonNull(group, "group is null");
    Require.notNegative(width, "width");
    Require.notNegative(first, "first");
    Require.positive(noise, "noise");
    Require.finite(diagonal, "diagonal");
    if (noise > LARGEST || Math.abs(diagonal) > LARGEST) {
      throw new IllegalArgumentException(
          "mimetic takes a noise and a diagonal of at most %s (found %s and %s)"
              .formatted(LARGEST, noise, diagonal));
    }
  }

  @Override
  public Draw draw(Fans fans) {
    if (part.isByHeads() && width == 0) {
      throw new IllegalArgumentException(
          "mimetic needs the width of a head (expected a positive number, found 0)");
    }
    return new Draw.ProductFactor(this);
  }

  @Override
  public int minRank() {
    return 2;
  }
}
