package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HaarMatrixTest {
  private static final Kernels KERNELS = new ScalarKernels();
  private static final Stream STREAM = Stream.of(11, "haar", Purpose.REFLECTIONS);

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1, 9",
    "9, 1",
    "2, 2",
    "7, 7",
    "64, 64",
    "200, 200",
    "10, 300",
    "300, 10",
    "257, 255",
    "255, 257",
    "512, 512",
    "4096, 64"
  })
  void isOrthogonal(int rows, int columns) {
    double[][] w = Rows.float64(matrix(STREAM, 0, rows, columns), 0, rows);

    assertThat(distanceFromIdentity(rows <= columns ? w : transpose(w))).isLessThan(1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1, 6",
    "6, 1",
    "2, 2",
    "5, 5",
    "40, 40",
    "17, 33",
    "33, 17",
    "3, 200",
    "200, 3",
    "130, 129",
    "129, 130"
  })
  void isTheQOfAPlainHouseholderFactorisation(int rows, int columns) {
    double[][] w = Rows.float64(matrix(STREAM, 1000, rows, columns), 0, rows);
    double[][] expected =
        rows <= columns
            ? transpose(DenseStewart.q(transpose(draws(1000, rows, columns)), rows))
            : DenseStewart.q(draws(1000, rows, columns), columns);

    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        assertThat(Math.abs(w[i][j] - expected[i][j])).as("[%d, %d]", i, j).isLessThan(1e-12);
      }
    }
  }

  @Property(tries = 60, seed = "3")
  void anyRangeOfRowsGivesTheSameBits(
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll @IntRange(min = 1, max = 60) int columns,
      @ForAll @IntRange(min = 0, max = 60) int first,
      @ForAll @IntRange(min = 0, max = 60) int second) {
    int from = Math.min(first, second) % (rows + 1);
    int to = Math.max(from, Math.max(first, second) % (rows + 1));
    double[][] whole = Rows.float64(matrix(STREAM, 77, rows, columns), 0, rows);

    double[][] block = Rows.float64(matrix(STREAM, 77, rows, columns), from, to);

    assertThat(block).hasDimensions(to - from, to == from ? 0 : columns);
    for (int i = from; i < to; i++) {
      assertThat(block[i - from]).containsExactly(whole[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({"300, 300, 64", "150, 400, 37", "700, 96, 128"})
  void blocksOfRowsGiveTheBitsOfTheWhole(int rows, int columns, int height) {
    double[][] whole = Rows.float64(matrix(STREAM, 5, rows, columns), 0, rows);
    for (int from = 0; from < rows; from += height) {
      int to = Math.min(rows, from + height);
      double[][] block = Rows.float64(matrix(STREAM, 5, rows, columns), from, to);
      assertThat(Arrays.deepEquals(block, Arrays.copyOfRange(whole, from, to))).isTrue();
    }
  }

  @Test
  void otherStreamsAndStartsGiveOtherMatrices() {
    double[][] w = Rows.float64(matrix(STREAM, 0, 4, 4), 0, 4);
    Stream other = Stream.of(12, "haar", Purpose.REFLECTIONS);

    assertThat(Arrays.deepEquals(Rows.float64(matrix(STREAM, 16, 4, 4), 0, 4), w)).isFalse();
    assertThat(Arrays.deepEquals(Rows.float64(matrix(other, 0, 4, 4), 0, 4), w)).isFalse();
    assertThat(Arrays.deepEquals(Rows.float64(matrix(STREAM, 0, 4, 4), 0, 4), w)).isTrue();
  }

  /** The factor that tall matrices share must not be mistaken for that of another matrix. */
  @Test
  void tallMatricesOfEqualColumnsAreNotMixedUp() {
    double[][] nine = Rows.float64(matrix(STREAM, 0, 9, 3), 0, 9);
    double[][] ten = Rows.float64(matrix(STREAM, 0, 10, 3), 0, 10);
    double[][] shifted = Rows.float64(matrix(STREAM, 1, 9, 3), 0, 9);

    assertThat(distanceFromIdentity(transpose(nine))).isLessThan(1e-14);
    assertThat(distanceFromIdentity(transpose(ten))).isLessThan(1e-14);
    assertThat(distanceFromIdentity(transpose(shifted))).isLessThan(1e-14);
    assertThat(nine[0]).isNotEqualTo(ten[0]).isNotEqualTo(shifted[0]);
  }

  @ParameterizedTest
  @CsvSource({"-1, 2", "0, 4", "3, 2"})
  void rejectsRowsItDoesNotHave(int from, int to) {
    assertThatThrownBy(() -> Rows.float64(matrix(STREAM, 0, 3, 3), from, to))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows %d to %d of a matrix of 3 rows".formatted(from, to));
  }

  @ParameterizedTest
  @CsvSource({"0, 3, rows", "3, 0, columns", "-1, 3, rows"})
  void rejectsEmptyMatrices(int rows, int columns, String name) {
    assertThatThrownBy(() -> matrix(STREAM, 0, rows, columns))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + " is not positive");
  }

  static HaarMatrix matrix(Stream stream, long start, int rows, int columns) {
    return new HaarMatrix(KERNELS, stream, start, rows, columns);
  }

  private static double[][] draws(long start, int rows, int columns) {
    double[][] draws = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      long first = start + (long) i * columns;
      KERNELS.fill(Variates.standardNormal(STREAM), first, draws[i], 0, columns);
    }
    return draws;
  }

  private static double distanceFromIdentity(double[][] w) {
    double distance = 0;
    for (int i = 0; i < w.length; i++) {
      for (int j = 0; j <= i; j++) {
        double product = i == j ? -1 : 0;
        for (int k = 0; k < w[i].length; k++) {
          product += w[i][k] * w[j][k];
        }
        distance = Math.max(distance, Math.abs(product));
      }
    }
    return distance;
  }

  static double[][] transpose(double[][] a) {
    double[][] transposed = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        transposed[j][i] = a[i][j];
      }
    }
    return transposed;
  }
}
