package dev.kindling.report;

import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.TensorSource;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Draw;
import dev.kindling.stats.SymmetricMatrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Singular values of a tensor seen as a matrix, its first axis by all others.
 *
 * <p>They are the roots of the eigenvalues of the Gram matrix of the smaller side, in float64. That
 * loses values below 1e-8 of the largest, which those of a float32 matrix say nothing of anyway.
 *
 * @param values the singular values, from the largest to the smallest
 * @param expected what the scheme lets expect at each rank; empty if that is not known
 */
public record Spectrum(double[] values, double[] expected) {
  /** Longest smaller side of a matrix whose singular values are computed. */
  public static final long LONGEST_SIDE = 512;

  /** Most elements of such a matrix. */
  public static final long MOST_ELEMENTS = 1 << 22;

  /** Returns whether a tensor is a matrix of a size whose singular values are computed. */
  static boolean suits(RecipeEntry entry) {
    long smaller = Math.min(entry.rows(), entry.columns());
    return smaller > 1 && smaller <= LONGEST_SIDE && entry.shape().elementCount() <= MOST_ELEMENTS;
  }

  /** Returns the spectrum of a tensor of a checkpoint. */
  static Spectrum of(Checkpoint checkpoint, RecipeEntry entry) throws IOException {
    int rows = Math.toIntExact(entry.rows());
    int columns = Math.toIntExact(entry.columns());
    float[] matrix = new float[Math.multiplyExact(rows, columns)];
    int bytes = checkpoint.dtype().bytes();
    checkpoint.read(
        entry.tensor(),
        (start, values) -> {
          for (int i = 0; i < values.remaining() / bytes; i++) {
            matrix[(int) start + i] =
                (float)
                    TensorSource.number(checkpoint.dtype(), values, values.position() + i * bytes);
          }
        });
    return new Spectrum(singularValues(matrix, rows, columns), expected(entry));
  }

  /** Returns the singular values of a matrix in row order, from the largest to the smallest. */
  static double[] singularValues(float[] matrix, int rows, int columns) {
    int n = Math.min(rows, columns);
    float[] wide = rows <= columns ? matrix : transposed(matrix, rows, columns);
    double[] gram = gram(wide, n);
    double[] eigenvalues = SymmetricMatrix.eigenvalues(gram, n);
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = Math.sqrt(Math.max(0, eigenvalues[i]));
    }
    return values;
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] transposed = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = matrix[row * columns + column];
      }
    }
    return transposed;
  }

  /** Returns the products of all pairs of rows. */
  private static double[] gram(float[] matrix, int rows) {
    int columns = matrix.length / rows;
    double[] gram = new double[rows * rows];
    double[] left = new double[columns];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        left[k] = matrix[i * columns + k];
      }
      int j = 0;
      for (; j + 4 <= i + 1; j += 4) {
        putFour(left, matrix, j * columns, gram, i * rows + j);
      }
      for (; j <= i; j++) {
        gram[i * rows + j] = product(left, matrix, j * columns);
      }
      for (j = 0; j < i; j++) {
        gram[j * rows + i] = gram[i * rows + j];
      }
    }
    return gram;
  }

  /** Four sums at once: one alone waits for its own additions, which takes four times as long. */
  private static void putFour(double[] left, float[] matrix, int from, double[] gram, int at) {
    int length = left.length;
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int k = 0; k < length; k++) {
      a += left[k] * matrix[from + k];
      b += left[k] * matrix[from + length + k];
      c += left[k] * matrix[from + 2 * length + k];
      d += left[k] * matrix[from + 3 * length + k];
    }
    gram[at] = a;
    gram[at + 1] = b;
    gram[at + 2] = c;
    gram[at + 3] = d;
  }

  private static double product(double[] left, float[] matrix, int from) {
    double sum = 0;
    for (int k = 0; k < left.length; k++) {
      sum += left[k] * matrix[from + k];
    }
    return sum;
  }

  /** An orthogonal matrix has one value; that of independent elements follows its limit law. */
  private static double[] expected(RecipeEntry entry) {
    Optional<Block> block = onlyBlock(entry);
    if (block.isEmpty()) {
      return new double[0];
    }
    Draw draw = block.get().scheme().draw(block.get().fans());
    double scale = Math.abs(block.get().scale().of(0));
    if (draw instanceof Draw.Haar haar) {
      double[] values = new double[Math.toIntExact(Math.min(entry.rows(), entry.columns()))];
      Arrays.fill(values, Math.abs(haar.gain()) * scale);
      return values;
    }
    boolean independent =
        draw instanceof Draw.Gaussian
            || draw instanceof Draw.Truncated
            || draw instanceof Draw.Interval;
    return independent && draw.centre() == 0
        ? SchemeDensity.of(entry)
            .map(density -> MarchenkoPastur.values(density.std(), entry.rows(), entry.columns()))
            .orElse(new double[0])
        : new double[0];
  }

  private static Optional<Block> onlyBlock(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn
            && drawn.blocks().size() == 1
            && drawn.blocks().get(0).parts() == 1
            && drawn.blocks().get(0).scale().isUniform()
            && drawn.blocks().get(0).shift().values().stream().allMatch(shift -> shift == 0)
        ? Optional.of(drawn.blocks().get(0))
        : Optional.empty();
  }

  /** Returns ranks from 1 on. */
  static List<Double> ranks(int count) {
    List<Double> ranks = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      ranks.add((double) i);
    }
    return ranks;
  }
}
