package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;
import java.util.Objects;

/** What is drawn for a tensor once its scheme knows the fans. All parameters are float64. */
public sealed interface Draw {
  /** Returns what scales the values: a standard deviation, bound, gain or value. */
  double factor();

  /** Returns what the values lie around. */
  default double centre() {
    return 0;
  }

  /** Returns whether an element takes work that whole rows share, so that rows are cut finely. */
  default boolean isFactorised() {
    return false;
  }

  /** Every element is {@code value}. */
  record Fill(double value) implements Draw {
    public Fill {
      Require.finite(value, "value");
    }

    @Override
    public double factor() {
      return value;
    }
  }

  /** Independent normals. */
  record Gaussian(double mean, double std) implements Draw {
    public Gaussian {
      Require.finite(mean, "mean");
      Require.notNegative(std, "std");
    }

    @Override
    public double factor() {
      return std;
    }

    @Override
    public double centre() {
      return mean;
    }
  }

  /**
   * Independent normals restricted to an interval.
   *
   * @param mean mean before truncation
   * @param std standard deviation before truncation
   * @param low lower end, in standard deviations before truncation from the mean
   * @param high upper end, likewise
   */
  record Truncated(double mean, double std, double low, double high) implements Draw {
    /** Standard deviation of the standard normal on [-2, 2]. */
    static final double STD_AT_TWO = 0.87962566103423978;

    /** Farthest that the nearer end may lie from the mean. */
    private static final double FARTHEST = 36;

    public Truncated {
      Require.finite(mean, "mean");
      Require.notNegative(std, "std");
      Require.finite(low, "low");
      Require.finite(high, "high");
      if (!(low < high)) {
        throw new IllegalArgumentException("low is not below high: " + low + " and " + high);
      }
      if (low > FARTHEST || high < -FARTHEST) {
        throw new IllegalArgumentException(
            "the interval from %s to %s standard deviations lies beyond %s"
                .formatted(low, high, FARTHEST));
      }
    }

    /** Returns the standard deviation of what is drawn. */
    public double stdAfter() {
      return std * StandardNormal.std(low, high);
    }

    /** Returns the mean of what is drawn. */
    public double meanAfter() {
      return mean + std * StandardNormal.mean(low, high);
    }

    @Override
    public double factor() {
      return std;
    }

    @Override
    public double centre() {
      return mean;
    }
  }

  /** Independent uniforms on the open interval {@code (centre - bound, centre + bound)}. */
  record Interval(double centre, double bound) implements Draw {
    public Interval {
      Require.finite(centre, "centre");
      Require.notNegative(bound, "bound");
    }

    /** Returns the standard deviation of what is drawn. */
    public double std() {
      return bound / Math.sqrt(3);
    }

    @Override
    public double factor() {
      return bound;
    }
  }

  /** A Haar-distributed (semi-)orthogonal matrix times {@code gain}. */
  record Haar(double gain) implements Draw {
    public Haar {
      Require.finite(gain, "gain");
    }

    @Override
    public double factor() {
      return gain;
    }

    @Override
    public boolean isFactorised() {
      return true;
    }
  }

  /** The orthogonal polar factor of normal draws times {@code gain}. */
  record PolarFactor(double gain) implements Draw {
    /** Most elements of a matrix; some copies of it stand in memory at once, in float64. */
    public static final long MOST_ELEMENTS = 1 << 24;

    /** Longest smaller side, whose square and longer side are what the work grows with. */
    public static final long LONGEST_SIDE = 2048;

    public PolarFactor {
      Require.finite(gain, "gain");
    }

    @Override
    public double factor() {
      return gain;
    }
  }

  /** Rows of a matrix whose product with another one of its attention is near the identity. */
  record ProductFactor(Mimetic scheme) implements Draw {
    /** Longest side of a product; some copies of it stand in memory at once, in float64. */
    public static final long LONGEST_SIDE = 2048;

    @Override
    public double factor() {
      return 1;
    }

    @Override
    public boolean isFactorised() {
      return true;
    }
  }

  /** A Haar-distributed (semi-)unitary matrix times {@code gain}, held as {@code encoding} says. */
  record HaarUnitary(double gain, Unitary.Encoding encoding) implements Draw {
    public HaarUnitary {
      Require.finite(gain, "gain");
      Objects.requireNonNull(encoding, "encoding is null");
    }

    @Override
    public double factor() {
      return gain;
    }

    @Override
    public boolean isFactorised() {
      return true;
    }
  }

  /** Uniforms of bound pi in the first three rows, of bound 1 in the other four. */
  record UnitaryFactors() implements Draw {
    /** Number of rows of angles. */
    public static final int PHASES = 3;

    /** Number of rows. */
    public static final int ROWS = 7;

    @Override
    public double factor() {
      return Math.PI;
    }
  }

  /** A random permutation of the indices of the first axis, as numbers or as a square matrix. */
  record Order() implements Draw {
    /** Most numbers that float32 holds exactly. */
    public static final long LONGEST = 1 << 24;

    @Override
    public double factor() {
      return 1;
    }
  }

  /**
   * A tensor and its negative along the mirrored axes.
   *
   * @param place says which axes are mirrored
   * @param scheme how the tensor is drawn that is mirrored
   * @param fans its fans
   * @param draw what the scheme draws for them
   */
  record Mirrored(LooksLinear.Place place, Scheme scheme, Fans fans, Draw draw) implements Draw {
    public Mirrored {
      Objects.requireNonNull(place, "place is null");
      Objects.requireNonNull(draw, "draw is null");
    }

    @Override
    public double factor() {
      return draw.factor();
    }

    @Override
    public double centre() {
      return draw.centre();
    }

    @Override
    public boolean isFactorised() {
      return draw.isFactorised();
    }
  }

  /**
   * In each group a Haar-distributed matrix over the first two axes times {@code gain} where the
   * others are at their centre, {@code (extent - 1) / 2}; zero elsewhere.
   */
  record Centred(double gain) implements Draw {
    public Centred {
      Require.finite(gain, "gain");
    }

    @Override
    public double factor() {
      return gain;
    }

    @Override
    public boolean isFactorised() {
      return true;
    }
  }

  /**
   * {@code gain} where the first two axes have equal indices within their group and the others are
   * at their centre, {@code extent / 2}; zero elsewhere.
   */
  record Delta(double gain) implements Draw {
    public Delta {
      Require.finite(gain, "gain");
    }

    @Override
    public double factor() {
      return gain;
    }
  }

  /**
   * A partial identity, or where there are more outputs than inputs a part of a Hadamard matrix, at
   * the centre of the other axes, {@code extent / 2}; zero elsewhere.
   */
  record Hadamard(double gain) implements Draw {
    public Hadamard {
      Require.finite(gain, "gain");
    }

    @Override
    public double factor() {
      return gain;
    }
  }

  /**
   * Independent normals of mean zero in all rows but one, which is zero.
   *
   * @param zeroRow the row of zeros, -1 for none
   */
  record Padded(double std, long zeroRow) implements Draw {
    public Padded {
      Require.notNegative(std, "std");
    }

    @Override
    public double factor() {
      return std;
    }
  }

  /**
   * Independent normals of mean zero at random places, zeros elsewhere. Of a unit's n places {@code
   * min(most, n - ceil(zeroShare * n))} are drawn.
   *
   * @param side whose links are counted
   * @param most largest number of links of a unit
   * @param zeroShare least share of zeros among the links of a unit
   * @param std standard deviation of the links
   */
  record Sparse(Side side, long most, double zeroShare, double std) implements Draw {
    /** The unit whose links are counted. */
    public enum Side {
      /** An output, which has links from inputs. */
      INCOMING,
      /** An input, which has links to outputs. */
      OUTGOING
    }

    public Sparse {
      Require.notNegative(most, "most");
      Require.share(zeroShare, "share of zeros");
      Require.notNegative(std, "std");
    }

    /** Returns how many of a unit's {@code places} are not zero. */
    public long links(long places) {
      return Math.min(most, places - (long) Math.ceil(zeroShare * places));
    }

    @Override
    public double factor() {
      return std;
    }
  }

  /**
   * Bias of a recurrent layer: {@code value} at the gate that keeps the state, zero at the others.
   *
   * @param vectors number of bias vectors on the last axis, of which the first has the value
   */
  record GateFill(GateOrder order, double value, int vectors) implements Draw {
    public GateFill {
      Require.finite(value, "value");
      Require.positive(vectors, "vectors");
    }

    @Override
    public double factor() {
      return value;
    }
  }

  /**
   * Bias of a recurrent layer: {@code b = log u} with u uniform on (1, longest) at the gate that
   * keeps the state, {@code -b} of the same unit at the input gate, zero at the others.
   *
   * @param vectors number of bias vectors on the last axis, of which the first has these values
   */
  record GateLags(GateOrder order, double longest, int vectors) implements Draw {
    public GateLags {
      Require.finite(longest, "longest lag");
      Require.positive(vectors, "vectors");
    }

    @Override
    public double factor() {
      return 1;
    }
  }
}
