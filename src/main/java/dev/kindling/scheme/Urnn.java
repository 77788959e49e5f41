package dev.kindling.scheme;

import dev.kindling.model.Fans;
import java.util.Objects;

/**
 * The parameters of the unitary matrix that a uRNN composes.
 *
 * @param part which of them a tensor holds
 */
@About(
    formula =
        "W = D3 R2 F^-1 D2 P R1 F D1 with D = diag(e^(i theta)), theta of U(-pi, pi); "
            + "R = I - 2 v v^H / norm(v)^2, parts of v of U(-1, 1); F the Fourier matrix / sqrt(n). "
            + "all: [7, n] holds theta1, theta2, theta3, re v1, im v1, re v2, im v2; phases and "
            + "reflection: a tensor of theta or of parts of v; P: a tensor of scheme permutation",
    source =
        "Arjovsky, Shah, Bengio 2015, Unitary evolution recurrent neural networks, "
            + "https://arxiv.org/abs/1511.06464, section 4",
    use =
        "The recurrent matrix of a uRNN, whose training keeps it unitary; a plain unitary matrix "
            + "is scheme unitary.")
public record Urnn(Part part) implements Scheme {
  public Urnn {
    Objects.requireNonNull(part, "part is null");
  }

  @Override
  public Draw draw(Fans fans) {
    return switch (part) {
      case ALL -> new Draw.UnitaryFactors();
      case PHASES -> new Draw.Interval(0, Math.PI);
      case REFLECTION -> new Draw.Interval(0, 1);
    };
  }

  @Override
  public int minRank() {
    return part == Part.ALL ? 2 : 1;
  }

  @Override
  public int maxRank() {
    return part == Part.ALL ? 2 : Integer.MAX_VALUE;
  }

  /** What a tensor holds. */
  public enum Part {
    /** All seven vectors, one in each row. */
    ALL,
    /** Angles of diagonal matrices. */
    PHASES,
    /** Real or imaginary parts, or both, of a reflection's vector, whose length does not matter. */
    REFLECTION
  }
}
