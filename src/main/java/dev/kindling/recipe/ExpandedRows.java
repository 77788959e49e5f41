package dev.kindling.recipe;

import dev.kindling.expand.AxisMap;
import dev.kindling.expand.Expansion;
import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.Variates;
import dev.kindling.model.SourceTensor;
import dev.kindling.random.Stream;

/**
 * Rows of a tensor that is a function of a small one. Of the small tensor only the rows are read
 * that the large ones take their values from. A row is what lies behind the leading axes, and has
 * 2^22 elements at most, unless a single axis is longer. For one thread.
 */
final class ExpandedRows {
  private static final long MAX_ROW = 1 << 22;

  private final long seed;
  private final Kernels kernels;
  private final SourceValues sources;
  private Expansion last;
  private Tables tables;
  private final Row own = new Row();
  private final Row other = new Row();
  private double[] values = new double[0];
  private float[] noise = new float[0];

  ExpandedRows(long seed, Kernels kernels, SourceValues sources) {
    this.seed = seed;
    this.kernels = kernels;
    this.sources = sources;
  }

  /** A row of a small tensor that has been read. */
  private final class Row {
    private SourceTensor tensor;
    private long number;
    private double[] values = new double[0];

    double[] of(SourceTensor wanted, long row, int length) {
      if (!wanted.equals(tensor) || row != number) {
        values = values.length < length ? new double[length] : values;
        sources.read(wanted, row * length, values, length);
        tensor = wanted;
        number = row;
      }
      return values;
    }
  }

  /** Writes elements from a flat index on. */
  void fill(RecipeEntry entry, Expansion expansion, long start, Target target) {
    if (!expansion.equals(last)) {
      tables = new Tables(expansion, seed);
      last = expansion;
    }
    int done = 0;
    while (done < target.length()) {
      long row = (start + done) / tables.rowLength;
      int from = (int) ((start + done) % tables.rowLength);
      int count = Math.min(tables.rowLength - from, target.length() - done);
      fillRow(entry, row, from, count);
      target.putAll(done, values, count);
      done += count;
    }
  }

  private void fillRow(RecipeEntry entry, long row, int from, int count) {
    values = values.length < count ? new double[count] : values;
    Tables.Lead lead = tables.lead(row);
    Expansion expansion = tables.expansion;
    int length = tables.smallLength;
    double[] small =
        own.of(lead.isAdded() ? expansion.added() : expansion.tensor(), lead.row(), length);
    double scale = lead.share() * expansion.factor();
    for (int i = 0; i < count; i++) {
      values[i] = small[tables.indices[from + i]] * (scale * tables.shares[from + i]);
    }
    if (tables.takesAdded) {
      double[] added = other.of(expansion.added(), lead.row(), length);
      for (int i = 0; i < count; i++) {
        if (tables.added[from + i]) {
          values[i] = added[tables.indices[from + i]] * (scale * tables.shares[from + i]);
        }
      }
    }
    if (expansion.noise().std() > 0) {
      addNoise(entry, row, from, count);
    }
  }

  /** Of a pair of copies both take the draws of the first, the second with the other sign. */
  private void addNoise(RecipeEntry entry, long row, int from, int count) {
    Expansion.Noise given = tables.expansion.noise();
    AxisMap axis = tables.expansion.axes().get(given.axis());
    long small = axis.small();
    long copies = axis.large() / small;
    if (given.axis() == 0) {
      addNoise(
          entry,
          row / small,
          copies,
          row * tables.rowLength + from,
          small * tables.rowLength,
          0,
          count);
      return;
    }
    int done = 0;
    while (done < count) {
      long column = (long) from + done;
      int run = (int) Math.min(count - done, small - column % small);
      addNoise(entry, column / small, copies, row * tables.rowLength + column, small, done, run);
      done += run;
    }
  }

  private void addNoise(
      RecipeEntry entry, long copy, long copies, long index, long back, int offset, int count) {
    boolean isSecond = copy % 2 == 1;
    if (!isSecond && copy == copies - 1) {
      return;
    }
    noise = noise.length < count ? new float[count] : noise;
    Stream stream = Stream.of(seed, entry.tensor(), Stream.Purpose.ELEMENTS);
    Affine affine = new Affine(tables.expansion.noise().std(), 0);
    Variates variates = new Variates(stream, new Law.Normal(), affine);
    kernels.fill(variates, isSecond ? index - back : index, noise, 0, count);
    for (int i = 0; i < count; i++) {
      values[offset + i] += isSecond ? -noise[i] : noise[i];
    }
  }

  /** The maps of an expansion as numbers. */
  private static final class Tables {
    private final Expansion expansion;
    private final int leads;
    private final int rowLength;
    private final int smallLength;
    private final int[][] leadIndices;
    private final double[][] leadShares;
    private final boolean[][] leadAdded;
    private int[] indices = {0};
    private double[] shares = {1};
    private boolean[] added = {false};
    private final boolean takesAdded;

    /** What the leading axes say of a row. */
    record Lead(long row, double share, boolean isAdded) {}

    Tables(Expansion expansion, long seed) {
      this.expansion = expansion;
      int rank = expansion.axes().size();
      this.leads = leads(expansion);
      this.leadIndices = new int[leads][];
      this.leadShares = new double[leads][];
      this.leadAdded = new boolean[leads][];
      boolean two = !expansion.tensor().equals(expansion.added());
      for (int a = 0; a < leads; a++) {
        AxisMap axis = expansion.axes().get(a);
        leadIndices[a] = axis.indices(seed);
        leadShares[a] = axis.shares(leadIndices[a]);
        leadAdded[a] =
            two && a == expansion.outputs() ? axis.added() : new boolean[leadIndices[a].length];
      }
      for (int a = leads; a < rank; a++) {
        append(expansion.axes().get(a), seed, two && a == expansion.outputs());
      }
      this.rowLength = indices.length;
      this.smallLength = Math.toIntExact(expansion.tensor().shape().elementsFrom(leads));
      this.takesAdded = two && expansion.outputs() >= leads;
    }

    private static int leads(Expansion expansion) {
      int rank = expansion.axes().size();
      int leads = rank < 2 ? 0 : 1;
      while (leads < rank - 1 && expansion.shape().elementsFrom(leads) > MAX_ROW) {
        leads++;
      }
      return leads;
    }

    private void append(AxisMap axis, long seed, boolean counts) {
      int[] next = axis.indices(seed);
      double[] nextShares = axis.shares(next);
      boolean[] nextAdded = counts ? axis.added() : new boolean[next.length];
      int small = Math.toIntExact(axis.small());
      int[] product = new int[Math.multiplyExact(indices.length, next.length)];
      double[] share = new double[product.length];
      boolean[] isAdded = new boolean[product.length];
      for (int i = 0; i < indices.length; i++) {
        for (int j = 0; j < next.length; j++) {
          int at = i * next.length + j;
          product[at] = indices[i] * small + next[j];
          share[at] = shares[i] * nextShares[j];
          isAdded[at] = added[i] || nextAdded[j];
        }
      }
      indices = product;
      shares = share;
      added = isAdded;
    }

    Lead lead(long row) {
      long rest = row;
      long small = 0;
      long stride = 1;
      double share = 1;
      boolean isAdded = false;
      for (int a = leads - 1; a >= 0; a--) {
        int i = (int) (rest % leadIndices[a].length);
        rest /= leadIndices[a].length;
        small += leadIndices[a][i] * stride;
        stride *= expansion.axes().get(a).small();
        share *= leadShares[a][i];
        isAdded |= leadAdded[a][i];
      }
      return new Lead(small, share, isAdded);
    }
  }
}
