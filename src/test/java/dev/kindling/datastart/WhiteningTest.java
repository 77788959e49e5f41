package dev.kindling.datastart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Against magic_init's formulas, worked out by hand on a scatter of diag(4, 1, 0) turned by 45
 * degrees.
 */
class WhiteningTest {
  private static final double H = Math.sqrt(0.5);
  private static final double S4 = 1 / Math.sqrt(4.001);
  private static final double S1 = 1 / Math.sqrt(1.001);

  /** The second direction comes with the wrong sign, the third has no scatter. */
  private static final Whitening WHITENING =
      Whitening.of(
          new double[] {1, 2, 3},
          List.of(new double[] {H, H, 0}, new double[] {-H, H * 0.999, 0}, new double[] {0, 0, 1}),
          new double[] {4, 1, 1e-7});

  @Test
  void leavesOutWhatDoesNotVaryAndFixesSigns() {
    assertThat(WHITENING.rank()).isEqualTo(2);
    assertThat(WHITENING.scales()).containsExactly(S4, S1);
    assertThat(WHITENING.directions().get(1)).containsExactly(H, -H * 0.999, -0.0);
  }

  @Test
  void whitensToLengthOne() {
    double[] white = WHITENING.whiten(new double[] {2, 2, 9});
    double length = Math.hypot(S4 * H, S1 * H);
    assertThat(white[0]).isCloseTo(S4 * H / length, within(1e-12));
    assertThat(white[1]).isCloseTo(S1 * H / length, within(1e-12));
    assertThat(WHITENING.whiten(new double[] {1, 2, 3})).containsExactly(0, 0);
  }

  @Test
  void weightsGiveThePatchBackItsPlace() {
    double[] white = {0.6, 0.8};
    double[] weights = WHITENING.weights(white);
    double[] x = {1.5, 1, 7};
    double expected = 0.6 * S4 * (H * 0.5 - H) + 0.8 * S1 * (H * 0.5 + H * 0.999);
    double found = 0;
    for (int i = 0; i < 3; i++) {
      found += weights[i] * (x[i] - WHITENING.mean()[i]);
    }
    assertThat(found).isCloseTo(expected, within(1e-12));
  }

  @Test
  void makesRowsOfEachMethodAndFillsUpWithPatches() {
    List<double[]> patches =
        List.of(new double[] {2, 2, 3}, new double[] {1, 3, 3}, new double[] {0, 0, 0});
    List<double[]> pca = new Rows(Method.PCA, WHITENING).make(3, List.of(), patches);
    assertThat(pca.get(0)).containsExactly(new double[] {S4 * H, S4 * H, 0}, within(1e-12));
    assertThat(pca.get(1)[0]).isCloseTo(S1 * H, within(1e-12));
    assertThat(pca.get(2))
        .containsExactly(WHITENING.weights(WHITENING.whiten(patches.get(0))), within(1e-12));

    List<double[]> zca = new Rows(Method.ZCA, WHITENING).make(2, List.of(), patches);
    assertThat(zca.get(0)[1]).isCloseTo(0.5 * S4 - 0.5 * 0.999 * S1, within(1e-12));
    assertThat(zca.get(1)[0]).isCloseTo(zca.get(0)[1], within(1e-12));

    List<double[]> kmeans =
        new Rows(Method.KMEANS, WHITENING).make(2, List.of(new double[] {1, 0}), patches);
    assertThat(kmeans.get(0)).containsExactly(pca.get(0), within(1e-12));
    assertThat(kmeans.get(1)).containsExactly(pca.get(2), within(1e-12));
    assertThat(new Rows(Method.PATCHES, WHITENING).make(3, List.of(), patches)).hasSize(3);
    assertThatThrownBy(() -> new Rows(Method.PATCHES, WHITENING).make(4, List.of(), patches))
        .hasMessage("too few patches (expected 4, found 3)");
    assertThat(Arrays.stream(pca.get(0)).sum()).isPositive();
  }
}
