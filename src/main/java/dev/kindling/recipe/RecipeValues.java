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
  private final UnitaryRows unitaryRows;
  private final PolarRows polarRows;

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
    this.unitaryRows = new UnitaryRows(seed, kernels);
    this.polarRows = new PolarRows(seed, kernels);
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
    draw(entry, block, start, new Target(scale, shift, target, offset, length));
  }

  /** Writes elements of a block: what is drawn times the target's factor plus its summand. */
  private void draw(RecipeEntry entry, Block block, long start, Target target) {
    Draw draw = block.scheme().draw(block.fans());
    if (draw instanceof Draw.Fill fill) {
      target.times(fill.value()).fill(1);
    } else if (draw instanceof Draw.Haar haar) {
      orthogonalRows.fill(entry, block, start, target.times(haar.gain()));
    } else if (draw instanceof Draw.PolarFactor polar) {
      polarRows.fill(entry, block, start, target.times(polar.gain()));
    } else if (draw instanceof Draw.HaarUnitary unitary) {
      unitaryRows.fill(entry, unitary, start, target.times(unitary.gain()));
    } else if (draw instanceof Draw.UnitaryFactors) {
      unitaryFactors(entry, start, target);
    } else if (draw instanceof Draw.Order) {
      Stream positions = Stream.of(seed, entry.tensor(), Stream.Purpose.POSITIONS);
      new PermutationOrder(entry, positions).fill(start, target);
    } else if (draw instanceof Draw.Mirrored mirrored) {
      mirrored(
          Mirror.of(entry.tensor(), entry.shape(), entry.layout(), block, mirrored), start, target);
    } else if (draw instanceof Draw.Centred centred) {
      centred(
          CentreTap.of(entry.tensor(), entry.shape(), entry.layout(), block, centred),
          start,
          target);
    } else if (draw instanceof Draw.Delta delta) {
      new DeltaPattern(entry, block).fill(start, target.times(delta.gain()));
    } else if (draw instanceof Draw.GateFill gates) {
      new GateBias(entry, gates.order(), gates.vectors()).fill(start, target.times(gates.value()));
    } else if (draw instanceof Draw.GateLags gates) {
      new GateBias(entry, gates.order(), gates.vectors())
          .fillLags(elements(entry), gates.longest(), start, target);
    } else {
      Affine affine =
          affine(
              draw.factor() * target.factor(), draw.centre() * target.factor() + target.summand());
      independent(
          entry, block, draw, affine, start, target.values(), target.offset(), target.length());
    }
  }

  private void unitaryFactors(RecipeEntry entry, long start, Target target) {
    long phases = Math.max(0, Draw.UnitaryFactors.PHASES * entry.columns() - start);
    int count = (int) Math.min(phases, target.length());
    uniform(entry, start, target.part(0, count).times(Math.PI));
    uniform(entry, start + count, target.part(count, target.length() - count));
  }

  private void uniform(RecipeEntry entry, long start, Target target) {
    Affine affine = affine(target.factor(), target.summand());
    kernels.uniform(
        elements(entry), start, affine, target.values(), target.offset(), target.length());
  }

  private void mirrored(Mirror mirror, long start, Target target) {
    int done = 0;
    while (done < target.length()) {
      Mirror.Piece piece = mirror.at(start + done);
      int count = (int) Math.min(piece.length(), target.length() - done);
      Target part = target.part(done, count).times(piece.sign());
      draw(mirror.original().entry(), mirror.original().block(), piece.start(), part);
      done += count;
    }
  }

  private void centred(CentreTap centre, long start, Target target) {
    target.fill(0);
    long from = centre.before(start);
    float[] tap = new float[(int) (centre.before(start + target.length()) - from)];
    Target values = new Target(target.factor(), target.summand(), tap, 0, tap.length);
    draw(centre.matrix().entry(), centre.matrix().block(), from, values);
    for (int i = 0; i < tap.length; i++) {
      target.values()[target.offset() + (int) (centre.place(from + i) - start)] = tap[i];
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
   * Where elements go and what is done to them: {@code factor * element + summand}, rounded once;
   * the array is shared on purpose.
   */
  record Target(double factor, double summand, float[] values, int offset, int length) {
    void put(int index, double element) {
      values[offset + index] = (float) (factor * element + summand);
    }

    void fill(double element) {
      Arrays.fill(values, offset, offset + length, (float) (factor * element + summand));
    }

    Target times(double gain) {
      return new Target(gain * factor, summand, values, offset, length);
    }

    Target part(int from, int count) {
      return new Target(factor, summand, values, offset + from, count);
    }
  }
}
