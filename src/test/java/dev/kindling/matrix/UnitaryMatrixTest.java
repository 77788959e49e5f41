package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitaryMatrixTest {
  private static final Stream STREAM = Stream.of(11, "u", Purpose.UNITARY_REFLECTIONS);
  private static final Kernels KERNELS = new ScalarKernels();

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1, 7",
    "7, 1",
    "2, 2",
    "3, 5",
    "5, 3",
    "64, 64",
    "127, 127",
    "40, 300",
    "300, 40",
    "128, 127",
    "127, 128",
    "4097, 2"
  })
  void smallerSideIsOrthonormal(int rows, int columns) {
    double[][] w = Rows.unitary(matrix(rows, columns), 0, rows);
    int small = Math.min(rows, columns);
    double[] sum = new double[2];
    for (int a = 0; a < small; a++) {
      for (int b = 0; b < small; b++) {
        product(w, a, b, rows <= columns, sum);
        assertThat(Math.abs(sum[0] - (a == b ? 1 : 0))).isLessThan(1e-13);
        assertThat(Math.abs(sum[1])).isLessThan(1e-13);
      }
    }
  }

  /** The definition, multiplied out: Q = H_0 ... H_(m-1) D, each H a whole matrix. */
  @ParameterizedTest
  @CsvSource({"1, 1", "4, 4", "3, 6", "6, 3", "9, 8"})
  void isTheProductOfItsReflections(int rows, int columns) {
    int n = Math.max(rows, columns);
    double[][] q = new double[n][2 * n];
    for (int i = 0; i < n; i++) {
      q[i][2 * i] = 1;
    }
    double[][] phases = new double[Math.min(rows, columns)][2];
    for (int k = 0; k < phases.length; k++) {
      double[] u = vector(rows, columns, k);
      double modulus = Math.hypot(u[2 * k], u[2 * k + 1]);
      phases[k][0] = u[2 * k] / modulus;
      phases[k][1] = u[2 * k + 1] / modulus;
      u[2 * k] = modulus + Math.sqrt(square(u));
      u[2 * k + 1] = 0;
      reflect(q, u);
    }
    double[][] w = Rows.unitary(matrix(rows, columns), 0, rows);
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < phases.length; k++) {
        double re = -(q[i][2 * k] * phases[k][0] - q[i][2 * k + 1] * phases[k][1]);
        double im = -(q[i][2 * k] * phases[k][1] + q[i][2 * k + 1] * phases[k][0]);
        double[] row = rows <= columns ? w[k] : w[i];
        int column = rows <= columns ? i : k;
        assertThat(Math.abs(row[2 * column] - re)).isLessThan(1e-13);
        assertThat(Math.abs(row[2 * column + 1] - im)).isLessThan(1e-13);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"13, 13", "10, 21", "21, 10", "60, 61", "61, 60"})
  void anyRowsAloneHaveTheBitsOfTheWhole(int rows, int columns) {
    double[] whole = matrix(rows, columns).rows(0, rows);
    for (int from = 0; from <= rows; from++) {
      for (int to = from; to <= rows; to += rows / 4) {
        assertThat(matrix(rows, columns).rows(from, to))
            .isEqualTo(Arrays.copyOfRange(whole, 2 * from * columns, 2 * to * columns));
      }
    }
  }

  @Test
  void rejectsRowsOutside() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> matrix(3, 3).rows(1, 4))
        .withMessage("rows 1 to 4 of a matrix of 3 rows");
  }

  private static UnitaryMatrix matrix(int rows, int columns) {
    return new UnitaryMatrix(KERNELS, STREAM, rows, columns);
  }

  /** The draws of row k from the diagonal on, or of column k from the diagonal down. */
  private static double[] vector(int rows, int columns, int k) {
    double[] draws = new double[2 * rows * columns];
    KERNELS.fill(Variates.standardNormal(STREAM), 0, draws, 0, draws.length);
    int n = Math.max(rows, columns);
    double[] u = new double[2 * n];
    for (int i = k; i < n; i++) {
      int index = rows <= columns ? k * columns + i : i * columns + k;
      u[2 * i] = draws[2 * index];
      u[2 * i + 1] = draws[2 * index + 1];
    }
    return u;
  }

  private static double square(double[] u) {
    double sum = 0;
    for (double part : u) {
      sum += part * part;
    }
    return sum;
  }

  /** q (I - 2 u u^H / u^H u). */
  private static void reflect(double[][] q, double[] u) {
    double tau = 2 / square(u);
    for (double[] row : q) {
      double re = 0;
      double im = 0;
      for (int i = 0; i < u.length; i += 2) {
        re += row[i] * u[i] - row[i + 1] * u[i + 1];
        im += row[i] * u[i + 1] + row[i + 1] * u[i];
      }
      for (int i = 0; i < u.length; i += 2) {
        row[i] -= tau * (re * u[i] + im * u[i + 1]);
        row[i + 1] -= tau * (im * u[i] - re * u[i + 1]);
      }
    }
  }

  /** Product of two rows, or of two columns, the second conjugated. */
  private static void product(double[][] w, int a, int b, boolean ofRows, double[] sum) {
    sum[0] = 0;
    sum[1] = 0;
    int length = ofRows ? w[0].length / 2 : w.length;
    for (int k = 0; k < length; k++) {
      double[] x = ofRows ? w[a] : w[k];
      double[] y = ofRows ? w[b] : w[k];
      int i = ofRows ? 2 * k : 2 * a;
      int j = ofRows ? 2 * k : 2 * b;
      sum[0] += x[i] * y[j] + x[i + 1] * y[j + 1];
      sum[1] += x[i + 1] * y[j] - x[i] * y[j + 1];
    }
  }
}
