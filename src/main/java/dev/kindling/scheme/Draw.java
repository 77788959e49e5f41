package dev.kindling.scheme;

import dev.kindling.base.Require;

/** What is drawn for a tensor once its scheme knows the fans. All parameters are float64. */
public sealed interface Draw {
  /** Every element is {@code value}. */
  record Fill(double value) implements Draw {
    public Fill {
      Require.finite(value, "value");
    }
  }

  /** Independent normals. */
  record Gaussian(double mean, double std) implements Draw {
    public Gaussian {
      Require.finite(mean, "mean");
      Require.notNegative(std, "std");
    }
  }

  /** Independent uniforms on the open interval {@code (centre - bound, centre + bound)}. */
  record Interval(double centre, double bound) implements Draw {
    public Interval {
      Require.finite(centre, "centre");
      Require.notNegative(bound, "bound");
    }
  }

  /** A Haar-distributed (semi-)orthogonal matrix times {@code gain}. */
  record Haar(double gain) implements Draw {
    public Haar {
      Require.finite(gain, "gain");
    }
  }
}
