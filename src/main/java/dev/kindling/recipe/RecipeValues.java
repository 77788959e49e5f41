package dev.kindling.recipe;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.Kernels.Affine;
import dev.kindling.kernel.Kernels.Truncation;
import dev.kindling.random.Stream;
import dev.kindling.scheme.Draw;
import java.util.Arrays;
import java.util.Objects;

/**
 * Computes the values of a recipe. Element-wise: {@code fma(z, (float) (std * scale), (float) (mean
 * * scale + shift))}; orthogonal: {@code gain * scale * q + shift} in float64, rounded once. The
 * flat index in the tensor is the address, so blocks, rows and ranges do not matter. Not safe for
 * use by several threads at once.
 */
public final class RecipeValues implements TensorValues {
  private final long seed;
  private final Kernels kernels;
  private final ExternalTensors externals;
  private final OrthogonalRows orthogonalRows;

  /**
   * Prepares to compute; nothing is computed yet.
   *
   * @param seed the recipe's seed
   * @param kernels what draws
   * @param files reads values that stand in files
   */
  public RecipeValues(long seed, Kernels kernels, ExternalFiles files) {
    this.seed = seed;
    this.kernels = Objects.requireNonNull(kernels, "kernels is null");
    this.externals = new ExternalTensors(files);
    this.orthogonalRows = new OrthogonalRows(seed, kernels);
  }

  /**
   * {@inheritDoc}
   *
   * @throws dev.kindling.base.InputException if values from a file cannot be read
   */
  @Override
  public void fill(RecipeEntry entry, long start, float[] target, int offset, int length) {
    Objects.checkFromIndexSize(start, length, entry.shape().elementCount());
    if (entry.source() instanceof Source.Drawn drawn) {
      int done = 0;
      while (done < length) {
        ChannelRun run = ChannelRun.at(entry, drawn, start + done);
        int count = (int) Math.min(run.end() - start - done, length - done);
        draw(entry, run, start + done, target, offset + done, count);
        done += count;
      }
    } else if (entry.source() instanceof Source.External external) {
      externals.fill(entry, external.values(), start, target, offset, length);
    }
  }

  private void draw(
      RecipeEntry entry, ChannelRun run, long start, float[] target, int offset, int length) {
    Block block = run.block();
    double scale = block.scale().of(run.channel());
    double shift = block.shift().of(run.channel());
    Draw draw = block.scheme().draw(block.fans());
    if (draw instanceof Draw.Fill fill) {
      Arrays.fill(target, offset, offset + length, (float) (fill.value() * scale + shift));
    } else if (draw instanceof Draw.Haar haar) {
      orthogonalRows.fill(
          entry, block, start, new Target(haar.gain() * scale, shift, target, offset, length));
    } else if (draw instanceof Draw.Delta delta) {
      new DeltaPattern(entry, block)
          .fill(start, new Target(delta.gain() * scale, shift, target, offset, length));
    } else if (draw instanceof Draw.GateFill gates) {
      new GateBias(entry, gates.order(), gates.vectors())
          .fill(start, new Target(gates.value() * scale, shift, target, offset, length));
    } else if (draw instanceof Draw.GateLags gates) {
      new GateBias(entry, gates.order(), gates.vectors())
          .fillLags(
              elements(entry),
              gates.longest(),
              start,
              new Target(scale, shift, target, offset, length));
    } else {
      Affine affine = affine(draw.factor() * scale, draw.centre() * scale + shift);
      independent(entry, block, draw, affine, start, target, offset, length);
    }
  }

  /** Draws of the kernels, and zeros among them. */
  private void independent(
      RecipeEntry entry,
      Block block,
      Draw draw,
      Affine affine,
      long start,
      float[] target,
      int offset,
      int length) {
    Stream elements = elements(entry);
    if (draw instanceof Draw.Interval) {
      kernels.uniform(elements, start, affine, target, offset, length);
    } else if (draw instanceof Draw.Truncated truncated) {
      Truncation truncation = new Truncation(truncated.low(), truncated.high());
      kernels.truncatedNormal(elements, start, truncation, affine, target, offset, length);
    } else {
      kernels.normal(elements, start, affine, target, offset, length);
    }
    if (draw instanceof Draw.Padded padded) {
      long first = padded.zeroRow() * entry.columns() - start;
      int from = (int) Math.max(0, Math.min(length, first));
      int to = (int) Math.max(0, Math.min(length, first + entry.columns()));
      Arrays.fill(target, offset + from, offset + to, affine.summand());
    } else if (draw instanceof Draw.Sparse sparse) {
      Stream positions = Stream.of(seed, entry.tensor(), Stream.Purpose.POSITIONS);
      new SparseLinks(entry, block, sparse, positions)
          .clear(start, target, offset, length, affine.summand());
    }
  }

  private Stream elements(RecipeEntry entry) {
    return Stream.of(seed, entry.tensor(), Stream.Purpose.ELEMENTS);
  }

  private static Affine affine(double factor, double summand) {
    return new Affine((float) factor, (float) summand);
  }

  /**
   * Where the elements of an orthogonal matrix go and what is done to them; the array is shared on
   * purpose.
   */
  record Target(double factor, double summand, float[] values, int offset, int length) {
    void put(int index, double element) {
      values[offset + index] = (float) (factor * element + summand);
    }
  }
}
