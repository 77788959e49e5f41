package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpectrumTest {
  /** [[3, 0], [4, 5]] has the singular values sqrt(45) and sqrt(5). */
  @Test
  void knownMatrix() {
    assertThat(Spectrum.singularValues(new float[] {3, 0, 4, 5}, 2, 2))
        .containsExactly(new double[] {Math.sqrt(45), Math.sqrt(5)}, within(1e-12));
  }

  @Test
  void wideAndTallMatricesHaveTheSame() {
    float[] wide = normals(5 * 9);
    float[] tall = new float[wide.length];
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 9; j++) {
        tall[j * 5 + i] = wide[i * 9 + j];
      }
    }
    assertThat(Spectrum.singularValues(tall, 9, 5))
        .containsExactly(Spectrum.singularValues(wide, 5, 9), within(1e-12));
  }

  @Test
  void normalMatricesFollowMarchenkoAndPastur() {
    double[] found = Spectrum.singularValues(normals(200 * 500), 200, 500);
    double[] expected = MarchenkoPastur.values(1, 200, 500);
    assertThat(found).hasSize(200);
    for (int i = 0; i < found.length; i++) {
      assertThat(expected[i]).isCloseTo(found[i], within(0.6));
    }
    assertThat(Arrays.stream(expected).sum()).isCloseTo(Arrays.stream(found).sum(), within(10.0));
    // The ends of the law.
    assertThat(expected[0]).isBetween(35.5, Math.sqrt(500) + Math.sqrt(200));
    assertThat(expected[199]).isBetween(Math.sqrt(500) - Math.sqrt(200), 8.9);
  }

  private static float[] normals(int count) {
    Random random = new Random(7);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
