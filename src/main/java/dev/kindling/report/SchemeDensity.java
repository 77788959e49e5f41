package dev.kindling.report;

import dev.kindling.recipe.Block;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The density that a recipe gives the values of a tensor: a mixture over its blocks, each with its
 * share, scale and shift.
 *
 * <p>An element of a Haar matrix has that of a coordinate of a uniform unit vector in N dimensions,
 * N the matrix's longer side: {@code c (1 - x^2)^((N - 3) / 2)}.
 */
public final class SchemeDensity {
  /** From here on the coordinate of a unit vector is a normal for any eye. */
  private static final long LARGE = 1000;

  private static final double ROOT_2_PI = 2.5066282746310002;

  private final List<Part> parts;

  private SchemeDensity(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /** Returns the density of a tensor's values; absent for kept tensors and discrete draws. */
  public static Optional<SchemeDensity> of(RecipeEntry entry) {
    if (!(entry.source() instanceof Source.Drawn drawn) || entry.shape().elementCount() == 0) {
      return Optional.empty();
    }
    List<Part> parts = new ArrayList<>();
    for (Block block : drawn.blocks()) {
      Optional<Law> law = law(block.scheme().draw(block.fans()), longerSide(entry, block));
      if (law.isEmpty()) {
        return Optional.empty();
      }
      double share = (block.to() - block.from()) / extent(entry, block);
      int channels = Math.max(block.scale().values().size(), block.shift().values().size());
      for (int channel = 0; channel < channels; channel++) {
        double scale = Math.abs(block.scale().of(channel));
        if (!(scale > 0)) {
          return Optional.empty();
        }
        parts.add(new Part(share / channels, law.get(), scale, block.shift().of(channel)));
      }
    }
    return Optional.of(new SchemeDensity(parts));
  }

  /** Returns the density at a value. */
  public double at(double value) {
    double sum = 0;
    for (Part part : parts) {
      sum += part.share * part.law.at((value - part.shift) / part.scale) / part.scale;
    }
    return sum;
  }

  /** Returns the standard deviation. */
  public double std() {
    double mean = mean();
    double square = 0;
    for (Part part : parts) {
      double std = part.law.std() * part.scale;
      double distance = part.law.mean() * part.scale + part.shift - mean;
      square += part.share * (std * std + distance * distance);
    }
    return Math.sqrt(square);
  }

  /** Returns whether all values have the same density. */
  boolean isOneLaw() {
    return parts.size() == 1;
  }

  /** Returns the mean. */
  public double mean() {
    return parts.stream()
        .mapToDouble(part -> part.share * (part.law.mean() * part.scale + part.shift))
        .sum();
  }

  private static double extent(RecipeEntry entry, Block block) {
    return block.axis() == Block.Axis.ROWS ? entry.rows() : entry.columns();
  }

  private static long longerSide(RecipeEntry entry, Block block) {
    long length = block.to() - block.from();
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    long rows = wholeRows ? length / block.parts() : entry.rows();
    long columns = wholeRows ? entry.columns() : length;
    return Math.max(rows, columns);
  }

  private static Optional<Law> law(Draw draw, long longerSide) {
    if (draw instanceof Draw.Gaussian gaussian && gaussian.std() > 0) {
      return Optional.of(new Normal(gaussian.mean(), gaussian.std()));
    }
    if (draw instanceof Draw.Padded padded && padded.zeroRow() < 0 && padded.std() > 0) {
      return Optional.of(new Normal(0, padded.std()));
    }
    if (draw instanceof Draw.Truncated truncated && truncated.std() > 0) {
      return Optional.of(Cut.of(truncated));
    }
    if (draw instanceof Draw.Interval interval && interval.bound() > 0) {
      return Optional.of(new Flat(interval.centre(), interval.bound()));
    }
    if (draw instanceof Draw.Haar haar && haar.gain() != 0 && longerSide > 2) {
      double gain = Math.abs(haar.gain());
      return Optional.of(
          longerSide > LARGE
              ? new Normal(0, gain / Math.sqrt((double) longerSide))
              : new Coordinate(gain, longerSide, coordinateFactor(longerSide)));
    }
    return Optional.empty();
  }

  /** Returns {@code Gamma(n / 2) / (sqrt(pi) Gamma((n - 1) / 2))}, by its recurrence in n. */
  private static double coordinateFactor(long n) {
    double factor = n % 2 == 0 ? 1 / Math.PI : 0.5;
    for (long k = n % 2 == 0 ? 2 : 3; k < n; k += 2) {
      factor *= k / (k - 1.0);
    }
    return factor;
  }

  private static double bell(double z) {
    return StrictMath.exp(-z * z / 2) / ROOT_2_PI;
  }

  /** A block, or a channel of one. */
  private record Part(double share, Law law, double scale, double shift) {}

  private sealed interface Law {
    double at(double value);

    double mean();

    double std();
  }

  private record Normal(double mean, double std) implements Law {
    @Override
    public double at(double value) {
      return bell((value - mean) / std) / std;
    }
  }

  private record Flat(double mean, double bound) implements Law {
    @Override
    public double at(double value) {
      return Math.abs(value - mean) <= bound ? 0.5 / bound : 0;
    }

    @Override
    public double std() {
      return bound / Math.sqrt(3);
    }
  }

  /** A truncated normal; {@code mass} is the normal's probability of the interval. */
  private record Cut(Draw.Truncated draw, double mass) implements Law {
    private static final int STEPS = 2000;

    static Cut of(Draw.Truncated draw) {
      double low = Math.max(draw.low(), -40);
      double high = Math.min(draw.high(), 40);
      double step = (high - low) / STEPS;
      double sum = 0;
      for (int i = 0; i < STEPS; i++) {
        sum += bell(low + (i + 0.5) * step);
      }
      return new Cut(draw, sum * step);
    }

    @Override
    public double at(double value) {
      double z = (value - draw.mean()) / draw.std();
      return z < draw.low() || z > draw.high() ? 0 : bell(z) / mass / draw.std();
    }

    @Override
    public double mean() {
      return draw.meanAfter();
    }

    @Override
    public double std() {
      return draw.stdAfter();
    }
  }

  /** A coordinate of a vector of length {@code gain} in n dimensions. */
  private record Coordinate(double gain, long n, double factor) implements Law {
    @Override
    public double at(double value) {
      double x = value / gain;
      return Math.abs(x) >= 1 ? 0 : factor * StrictMath.pow(1 - x * x, (n - 3) / 2.0) / gain;
    }

    @Override
    public double mean() {
      return 0;
    }

    @Override
    public double std() {
      return gain / Math.sqrt((double) n);
    }
  }
}
