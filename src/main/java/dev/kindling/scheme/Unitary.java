package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;
import java.util.Objects;

/**
 * A (semi-)unitary complex matrix, uniformly distributed (Haar), times {@code gain}.
 *
 * @param encoding how real tensors hold it
 */
@About(
    formula =
        "gain (A + iB), uniformly distributed (Haar) with orthonormal rows or columns, whichever are "
            + "fewer; pairs: [rows, columns, 2] holds real and imaginary parts side by side; parts: "
            + "two tensors *_re and *_im (or *_real and *_imag) hold them; block: [[A, -B], [B, A]], "
            + "transposed for in-out layout",
    source =
        "Mezzadri 2007, How to generate random matrices from the classical compact groups, "
            + "https://arxiv.org/abs/math-ph/0609050; Stewart 1980 for the draw",
    use =
        "Recurrent weights of unitary and complex recurrent networks. The block form acts on "
            + "(real, imaginary) vectors and is orthogonal.")
public record Unitary(double gain, Encoding encoding) implements Scheme {
  public Unitary {
    Require.finite(gain, "gain");
    Objects.requireNonNull(encoding, "encoding is null");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.HaarUnitary(gain, encoding);
  }

  @Override
  public int minRank() {
    return encoding == Encoding.PAIRS ? 3 : 2;
  }

  @Override
  public int maxRank() {
    return minRank();
  }

  /** How real tensors hold a complex matrix. */
  public enum Encoding {
    /** The last axis holds the real and the imaginary part. */
    PAIRS,
    /** Two tensors whose names end differently hold the real and the imaginary part. */
    PARTS,
    /** The real matrix [[A, -B], [B, A]] that acts on real above imaginary parts. */
    BLOCK
  }
}
