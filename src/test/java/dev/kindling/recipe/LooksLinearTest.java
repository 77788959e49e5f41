package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.DeltaOrthogonal;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.LooksLinear;
import dev.kindling.scheme.LooksLinear.Place;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.TruncatedNormal;
import dev.kindling.scheme.Uniform;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LooksLinearTest {
  static List<Scheme> bases() {
    return List.of(
        new Orthogonal(1),
        new HeNormal(FanMode.FAN_IN, 0),
        new Uniform(-1, 3),
        new TruncatedNormal(
            0.1, 1, -1, 2, TruncatedNormal.Bounds.DEVIATIONS, TruncatedNormal.StdOf.UNTRUNCATED));
  }

  /** Every element is W's at its place within its half, with the sign of [[W, -W], [-W, W]]. */
  @ParameterizedTest
  @MethodSource("bases")
  void halvesAreTheSameButForTheSign(Scheme base) {
    for (Layout layout : Layout.values()) {
      for (Place place : Place.values()) {
        int[] shape = {6, 4, 3};
        boolean outputsFirst = layout == Layout.OUT_IN;
        boolean rows = outputsFirst ? place.mirrorsOutputs() : place.mirrorsInputs();
        boolean columns = outputsFirst ? place.mirrorsInputs() : place.mirrorsOutputs();
        int height = rows ? 3 : 6;
        int width = columns ? 2 : 4;
        float[] w = drawn(layout, new LooksLinear(place, base), 6, 4, 3);
        for (int i = 0; i < w.length; i++) {
          int row = i / 12;
          int column = i % 12 / 3;
          int original = row % height * 12 + column % width * 3 + i % 3;
          boolean negative = row >= height != column >= width;
          assertThat(w[i]).as(shape[0] + " " + i).isEqualTo(negative ? -w[original] : w[original]);
        }
      }
    }
  }

  /** W itself is what the base scheme draws for a tensor of half the extents and that name. */
  @ParameterizedTest
  @MethodSource("bases")
  void originalIsWhatTheBaseDraws(Scheme base) {
    float[] first = drawn(Layout.OUT_IN, new LooksLinear(Place.FIRST, base), 10, 7);
    float[] alone = drawn(Layout.OUT_IN, base, 5, 7);
    for (int i = 0; i < alone.length; i++) {
      assertThat(first[i]).isEqualTo(alone[i]);
    }
  }

  /**
   * {@code W3 [I, -I] relu([I; -I] W2 ...) = W3 W2 W1 x}: in float64, over the float32 weights, the
   * network is the product of its W.
   */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void networkIsTheProductOfItsMatrices(Layout layout) {
    int[] widths = {11, 16, 24, 10, 5};
    double[] mirrored = new double[11];
    double[] linear = new double[11];
    for (int i = 0; i < 11; i++) {
      mirrored[i] = Math.sin(i + 1);
      linear[i] = mirrored[i];
    }
    for (int layer = 0; layer < 4; layer++) {
      Place place = layer == 0 ? Place.FIRST : layer == 3 ? Place.LAST : Place.HIDDEN;
      int in = widths[layer];
      int out = widths[layer + 1];
      double[][] w = matrix(layout, "layer" + layer, place, out, in);
      mirrored = multiply(w, out, in, mirrored);
      linear =
          multiply(
              w,
              place.mirrorsOutputs() ? out / 2 : out,
              place.mirrorsInputs() ? in / 2 : in,
              linear);
      for (int i = 0; layer < 3 && i < out; i++) {
        mirrored[i] = Math.max(0, mirrored[i]);
      }
    }
    for (int i = 0; i < 5; i++) {
      assertThat(mirrored[i]).isCloseTo(linear[i], within(1e-14));
      assertThat(Math.abs(linear[i])).isGreaterThan(1e-3);
    }
  }

  /** He's variance is that of W: 2 over the inputs of W, not over the mirrored ones. */
  @Test
  void fansAreThoseOfTheOriginal() {
    Scheme hidden = new LooksLinear(Place.HIDDEN, new HeNormal(FanMode.FAN_IN, 0));
    Draw.Mirrored draw = (Draw.Mirrored) Drawn.of(tensor(Layout.OUT_IN, 1, 8, 32), hidden).draw();
    assertThat(draw.fans().in()).isEqualTo(16);
    assertThat(draw.fans().out()).isEqualTo(4);
    assertThat(draw.factor()).isCloseTo(Math.sqrt(2.0 / 16), within(1e-15));
    Scheme out = new LooksLinear(Place.LAST, new HeNormal(FanMode.FAN_OUT, 0));
    assertThat(Drawn.of(tensor(Layout.IN_OUT, 1, 8, 32), out).draw().factor())
        .isCloseTo(Math.sqrt(2.0 / 32), within(1e-15));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "first  | 5 | 4 | 1 | looks_linear pairs channels with their negatives (expected an even number of outputs, found 5)",
        "hidden | 4 | 3 | 1 | looks_linear pairs channels with their negatives (expected an even number of inputs, found 3)",
        "last   | 5 | 1 | 1 | looks_linear pairs channels with their negatives (expected an even number of inputs, found 1)",
        "hidden | 4 | 2 | 2 | looks_linear mirrors the channels of a whole tensor, without groups and fused parts"
      })
  void refusesWhatCannotBeMirrored(String place, int out, int in, int groups, String message) {
    Scheme scheme =
        new LooksLinear(Place.valueOf(place.toUpperCase(java.util.Locale.ROOT)), new Orthogonal(1));
    Tensor tensor = tensor(Layout.OUT_IN, groups, out, in, 3);
    assertThatThrownBy(() -> Drawn.of(tensor, scheme))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("Cannot initialise tensor 'w' of m: " + message);
  }

  /** What the base refuses, its mirror refuses too. */
  @Test
  void theBaseHasItsSay() {
    Scheme scheme = new LooksLinear(Place.HIDDEN, new DeltaOrthogonal(1));
    Tensor tensor = tensor(Layout.OUT_IN, 1, 4, 8, 3);
    assertThatThrownBy(() -> Drawn.of(tensor, scheme))
        .hasMessageContaining("with at least as many outputs as inputs (found 2 outputs and 4");
    assertThatThrownBy(() -> new LooksLinear(Place.FIRST, scheme))
        .hasMessage("the base of looks_linear cannot be looks_linear");
  }

  private static double[][] matrix(Layout layout, String name, Place place, int out, int in) {
    boolean outputsFirst = layout == Layout.OUT_IN;
    Tensor tensor =
        Tensor.of(name, outputsFirst ? Shape.of(out, in) : Shape.of(in, out), Role.DENSE, layout);
    float[] values = Drawn.of(tensor, new LooksLinear(place, new Orthogonal(1))).values();
    double[][] w = new double[out][in];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        w[i][j] = values[outputsFirst ? i * in + j : j * out + i];
      }
    }
    return w;
  }

  /** The product with the upper left part of a matrix. */
  private static double[] multiply(double[][] w, int rows, int columns, double[] x) {
    double[] product = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        product[i] += w[i][j] * x[j];
      }
    }
    return product;
  }

  private static float[] drawn(Layout layout, Scheme scheme, long... dims) {
    return Drawn.of(tensor(layout, 1, dims), scheme).values();
  }

  private static Tensor tensor(Layout layout, int groups, long... dims) {
    return new Tensor(
        "w",
        Shape.of(dims),
        ElementType.F32,
        dims.length > 2 ? Role.CONV : Role.DENSE,
        layout,
        groups,
        1,
        Activation.NONE,
        List.of(),
        Optional.empty());
  }
}
