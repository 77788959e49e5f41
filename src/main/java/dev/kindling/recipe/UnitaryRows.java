package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.matrix.UnitaryMatrix;
import dev.kindling.model.Layout;
import dev.kindling.random.Stream;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Unitary.Encoding;

/**
 * Elements of tensors that hold a unitary matrix. Rows are computed in groups at fixed places, and
 * the last group is kept, since callers ask for a tensor piece by piece.
 */
final class UnitaryRows {
  /** Largest number of elements in a group of rows, 16 MiB of float64. */
  private static final long GROUP_ELEMENTS = 1 << 21;

  private static final int MAX_GROUP_ROWS = 512;

  private final long seed;
  private final Kernels kernels;
  private Address address;
  private UnitaryMatrix matrix;
  private int from;
  private int to;

  /** Real and imaginary parts side by side. */
  private double[] rows = {};

  UnitaryRows(long seed, Kernels kernels) {
    this.seed = seed;
    this.kernels = kernels;
  }

  /** Writes elements of a tensor from a flat index on. */
  void fill(RecipeEntry entry, Draw.HaarUnitary draw, long start, Affine affine, Target target) {
    Address wanted = Address.of(entry, draw.encoding());
    if (!wanted.equals(address)) {
      Stream stream = Stream.of(seed, wanted.name(), Stream.Purpose.UNITARY_REFLECTIONS);
      matrix = new UnitaryMatrix(kernels, stream, wanted.rows(), wanted.columns());
      to = from;
      address = wanted;
    }
    long width = entry.columns();
    for (int i = 0; i < target.length(); i++) {
      int row = (int) ((start + i) / width);
      int column = (int) ((start + i) % width);
      target.put(
          i, affine.factor() * element(entry, draw.encoding(), row, column) + affine.summand());
    }
  }

  private double element(RecipeEntry entry, Encoding encoding, int row, int column) {
    return switch (encoding) {
      case PAIRS -> part(row, column);
      case PARTS -> part(row, 2 * column + (ComplexName.isImaginary(entry.tensor()) ? 1 : 0));
      case BLOCK -> inBlock(entry.layout(), row, column);
    };
  }

  private double inBlock(Layout layout, int row, int column) {
    boolean below = row >= address.rows();
    boolean behind = column >= address.columns();
    int complexRow = row % address.rows();
    int place = 2 * (column % address.columns());
    if (below == behind) {
      return part(complexRow, place);
    }
    double imaginary = part(complexRow, place + 1);
    return behind == (layout == Layout.OUT_IN) ? -imaginary : imaginary;
  }

  /** Returns an element of a row, after computing the row's group unless that is the last one. */
  private double part(int row, int place) {
    if (row < from || row >= to) {
      long fitting = GROUP_ELEMENTS / (2L * address.columns());
      int height = (int) Math.max(1, Math.min(MAX_GROUP_ROWS, fitting));
      from = row / height * height;
      to = Math.min(address.rows(), from + height);
      rows = matrix.rows(from, to);
    }
    return rows[(row - from) * 2 * address.columns() + place];
  }

  /** The complex matrix that a tensor holds or has a part of. */
  private record Address(String name, int rows, int columns) {
    static Address of(RecipeEntry entry, Encoding encoding) {
      int rows = Math.toIntExact(entry.rows());
      int columns = Math.toIntExact(entry.columns());
      return switch (encoding) {
        case PAIRS -> new Address(entry.tensor(), rows, columns / 2);
        case PARTS -> new Address(ComplexName.stem(entry.tensor()), rows, columns);
        case BLOCK -> new Address(entry.tensor(), rows / 2, columns / 2);
      };
    }
  }
}
