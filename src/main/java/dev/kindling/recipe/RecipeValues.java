package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.Variates;
import dev.kindling.matrix.PieceStore;
import dev.kindling.random.Stream;
import dev.kindling.scheme.Draw;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Computes the values of a recipe. Element-wise: {@code fma(z, std * scale, mean * scale + shift)}
 * in the type of the values, both numbers rounded to it first; orthogonal: {@code gain * scale * q
 * + shift} in float64, rounded once. The flat index in the tensor is the address, so blocks, rows
 * and ranges do not matter. Not safe for use by several threads at once.
 */
public final class RecipeValues implements TensorValues {
  private final long seed;
  private final Kernels kernels;
  private final ExternalTensors externals;
  private final SourceValues sources;
  private final ExpandedRows expandedRows;
  private final OrthogonalRows orthogonalRows;
  private final UnitaryRows unitaryRows;
  private final PolarRows polarRows;
  private final ProductRows productRows;

  /**
   * Prepares to compute; nothing is computed yet, and what rows of a matrix share stays in this
   * JVM.
   *
   * @param seed the recipe's seed
   * @param kernels what draws
   * @param files reads values that stand in files
   */
  public RecipeValues(long seed, Kernels kernels, ExternalFiles files) {
    this(seed, kernels, files, PieceStore.NONE);
  }

  /**
   * Prepares to compute; nothing is computed yet.
   *
   * @param store keeps the pieces of each {@link SharedFactor}
   */
  public RecipeValues(long seed, Kernels kernels, ExternalFiles files, PieceStore store) {
    this.seed = seed;
    this.kernels = Objects.requireNonNull(kernels, "kernels is null");
    this.externals = new ExternalTensors(files);
    this.sources = new SourceValues(files);
    this.expandedRows = new ExpandedRows(seed, kernels, sources);
    this.orthogonalRows = new OrthogonalRows(seed, kernels, store);
    this.unitaryRows = new UnitaryRows(seed, kernels);
    this.polarRows = new PolarRows(seed, kernels);
    this.productRows = new ProductRows(seed, kernels);
  }

  /**
   * {@inheritDoc}
   *
   * @throws dev.kindling.base.InputException if values from a file cannot be read
   */
  @Override
  public void fill(RecipeEntry entry, long start, float[] target, int offset, int length) {
    fill(entry, start, new Target.Floats(target, offset, length));
  }

  /**
   * {@inheritDoc}
   *
   * @throws dev.kindling.base.InputException if values from a file cannot be read
   */
  @Override
  public void fill(RecipeEntry entry, long start, double[] target, int offset, int length) {
    fill(entry, start, new Target.Doubles(target, offset, length));
  }

  /**
   * {@inheritDoc}
   *
   * @throws dev.kindling.base.InputException if values from a file cannot be read
   */
  @Override
  public void fill(RecipeEntry entry, long start, ByteBuffer target) {
    ByteBuffer bytes = target.slice().order(ByteOrder.LITTLE_ENDIAN);
    fill(entry, start, new Target.Bytes(bytes, 0, bytes.remaining() / Float.BYTES));
    target.position(target.limit());
  }

  private void fill(RecipeEntry entry, long start, Target target) {
    Objects.checkFromIndexSize(start, target.length(), entry.shape().elementCount());
    if (entry.source() instanceof Source.Drawn drawn) {
      int done = 0;
      while (done < target.length()) {
        ChannelRun run = ChannelRun.at(entry, drawn, start + done);
        int count = (int) Math.min(run.end() - start - done, target.length() - done);
        draw(entry, run, start + done, target.part(done, count));
        done += count;
      }
    } else if (entry.source() instanceof Source.External external) {
      externals.fill(entry, external.values(), start, target);
    } else if (entry.source() instanceof Source.Computed computed) {
      externals.fill(entry, computed, start, target);
    } else if (entry.source() instanceof Source.Kept kept) {
      sources.fill(kept.tensor(), start, target);
    } else if (entry.source() instanceof Source.Expanded expanded) {
      expandedRows.fill(entry, expanded.expansion(), start, target);
    }
  }

  private void draw(RecipeEntry entry, ChannelRun run, long start, Target target) {
    Block block = run.block();
    double scale = block.scale().of(run.channel());
    double shift = block.shift().of(run.channel());
    draw(entry, block, start, new Affine(scale, shift), target);
  }

  /**
   * Writes elements of a block.
   *
   * @param calibration what is done to what the scheme draws: scale and shift
   */
  private void draw(RecipeEntry entry, Block block, long start, Affine calibration, Target target) {
    Draw draw = block.scheme().draw(block.fans());
    Affine affine = calibration.after(new Affine(draw.factor(), draw.centre()));
    if (draw instanceof Draw.Fill) {
      target.fill(0, target.length(), affine.factor() + affine.summand());
    } else if (draw instanceof Draw.Haar) {
      orthogonalRows.fill(entry, block, start, affine, target);
    } else if (draw instanceof Draw.PolarFactor) {
      polarRows.fill(entry, block, start, affine, target);
    } else if (draw instanceof Draw.ProductFactor product) {
      productRows.fill(entry, block, product.scheme(), start, affine, target);
    } else if (draw instanceof Draw.HaarUnitary unitary) {
      unitaryRows.fill(entry, unitary, start, affine, target);
    } else if (draw instanceof Draw.UnitaryFactors) {
      unitaryFactors(entry, start, calibration, target);
    } else if (draw instanceof Draw.Order) {
      Stream positions = Stream.of(seed, entry.tensor(), Stream.Purpose.POSITIONS);
      new PermutationOrder(entry, positions).fill(start, calibration, target);
    } else if (draw instanceof Draw.Mirrored mirrored) {
      Mirror mirror = Mirror.of(entry.tensor(), entry.shape(), entry.layout(), block, mirrored);
      mirrored(mirror, start, calibration, target);
    } else if (draw instanceof Draw.Centred centred) {
      CentreTap centre =
          CentreTap.of(entry.tensor(), entry.shape(), entry.layout(), block, centred);
      centred(centre, start, calibration, target);
    } else if (draw instanceof Draw.Delta) {
      new DeltaPattern(entry, block).fill(start, affine, target);
    } else if (draw instanceof Draw.Hadamard) {
      new HadamardPattern(entry, block).fill(start, affine, target);
    } else if (draw instanceof Draw.GateFill gates) {
      new GateBias(entry, gates.order(), gates.vectors()).fill(start, affine, target);
    } else if (draw instanceof Draw.GateLags gates) {
      new GateBias(entry, gates.order(), gates.vectors())
          .fillLags(elements(entry), gates.longest(), start, affine, target);
    } else {
      independent(entry, block, draw, affine, start, target);
    }
  }

  private void unitaryFactors(RecipeEntry entry, long start, Affine calibration, Target target) {
    long phases = Math.max(0, Draw.UnitaryFactors.PHASES * entry.columns() - start);
    int count = (int) Math.min(phases, target.length());
    Affine angle = calibration.after(new Affine(Math.PI, 0));
    uniform(entry, start, angle, target.part(0, count));
    uniform(entry, start + count, calibration, target.part(count, target.length() - count));
  }

  private void uniform(RecipeEntry entry, long start, Affine affine, Target target) {
    target.draw(kernels, new Variates(elements(entry), new Law.Uniform(), affine), start);
  }

  private void mirrored(Mirror mirror, long start, Affine calibration, Target target) {
    int done = 0;
    while (done < target.length()) {
      Mirror.Piece piece = mirror.at(start + done);
      int count = (int) Math.min(piece.length(), target.length() - done);
      Affine signed = new Affine(piece.sign() * calibration.factor(), calibration.summand());
      RecipeEntry original = mirror.original().entry();
      draw(original, mirror.original().block(), piece.start(), signed, target.part(done, count));
      done += count;
    }
  }

  private void centred(CentreTap centre, long start, Affine calibration, Target target) {
    target.fill(0, target.length(), calibration.summand());
    long from = centre.before(start);
    Target tap = target.blank((int) (centre.before(start + target.length()) - from));
    draw(centre.matrix().entry(), centre.matrix().block(), from, calibration, tap);
    for (int i = 0; i < tap.length(); i++) {
      target.put((int) (centre.place(from + i) - start), tap.at(i));
    }
  }

  /** Draws of the kernels, and zeros among them. */
  private void independent(
      RecipeEntry entry, Block block, Draw draw, Affine affine, long start, Target target) {
    target.draw(kernels, new Variates(elements(entry), law(draw), affine), start);
    if (draw instanceof Draw.Padded padded) {
      long first = padded.zeroRow() * entry.columns() - start;
      int from = (int) Math.max(0, Math.min(target.length(), first));
      int to = (int) Math.max(0, Math.min(target.length(), first + entry.columns()));
      target.fill(from, to, affine.summand());
    } else if (draw instanceof Draw.Sparse sparse) {
      Stream positions = Stream.of(seed, entry.tensor(), Stream.Purpose.POSITIONS);
      new SparseLinks(entry, block, sparse, positions).clear(start, target, affine.summand());
    }
  }

  private static Law law(Draw draw) {
    if (draw instanceof Draw.Interval) {
      return new Law.Uniform();
    }
    return draw instanceof Draw.Truncated truncated
        ? new Law.TruncatedNormal(truncated.low(), truncated.high())
        : new Law.Normal();
  }

  private Stream elements(RecipeEntry entry) {
    return Stream.of(seed, entry.tensor(), Stream.Purpose.ELEMENTS);
  }
}
