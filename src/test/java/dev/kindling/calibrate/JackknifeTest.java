package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JackknifeTest {
  private static final LsuvSettings SETTINGS = new LsuvSettings(64, 8, 1);

  /**
   * Whatever the distribution, and though rows of a micro-batch have a size in common. Of 1,000
   * intervals 950 should hold the target; fewer than 925 or more than 975 would be 3.6 standard
   * deviations away. Seeds are fixed.
   */
  @Test
  void coversTheTargetAsOftenAsItSays() {
    Random random = new Random(17);
    int covered = 0;
    for (int trial = 0; trial < 1000; trial++) {
      double skew = trial % 3;
      FreshVariance fresh =
          jackknife(1).of(draw(random, 10, skew), draw(random, 14, skew)).orElseThrow();
      covered += fresh.covers(1) ? 1 : 0;
    }
    assertThat(covered).isBetween(925, 975);
  }

  @Test
  void moreLayersMakeItWider() {
    List<List<LayerMoments>> fit = draw(new Random(1), 8, 1);
    List<List<LayerMoments>> check = draw(new Random(2), 8, 1);
    FreshVariance one = jackknife(1).of(fit, check).orElseThrow();
    FreshVariance many = jackknife(50).of(fit, check).orElseThrow();
    assertThat(many.low()).isLessThan(one.low());
    assertThat(many.high()).isGreaterThan(one.high());
    assertThat(many.variance()).isEqualTo(one.variance());
  }

  /** Written out for two micro-batches on each side; Student's quantile from a table. */
  @Test
  void isTheFormula() {
    List<List<LayerMoments>> fit = List.of(of(10, 40), of(10, 60));
    List<List<LayerMoments>> check = List.of(of(10, 30), of(10, 50));
    // Scales of all, and of each alone: 1 / variance.
    double log = Math.log(4.0 / 5.0);
    double ofFit = 0.5 * Math.pow(Math.log(4.0 / 6.0) - Math.log(4.0 / 4.0), 2) / 2;
    double ofCheck = 0.5 * Math.pow(Math.log(5.0 / 5.0) - Math.log(3.0 / 5.0), 2) / 2;
    double total = ofFit + ofCheck;
    double freedom = total * total / (ofFit * ofFit + ofCheck * ofCheck);
    assertThat(freedom).isBetween(1.5, 2.0);
    FreshVariance fresh = jackknife(1).of(fit, check).orElseThrow();
    assertThat(fresh.variance()).isCloseTo(0.8, within(1e-12));
    double quantile = (Math.log(fresh.high()) - log) / Math.sqrt(total);
    // t(0.975) is 12.706 for one degree of freedom and 4.303 for two.
    assertThat(quantile).isBetween(4.303, 12.706);
    assertThat(log - Math.log(fresh.low())).isCloseTo(quantile * Math.sqrt(total), within(1e-9));
  }

  @Test
  void oneMicroBatchTellsNothing() {
    List<List<LayerMoments>> some = draw(new Random(1), 4, 0);
    assertThat(jackknife(1).of(some.subList(0, 1), some)).isEmpty();
    assertThat(jackknife(1).of(some, some.subList(0, 1))).isEmpty();
    assertThat(jackknife(1).of(some, List.of(of(5, 0), of(5, 0)))).isEmpty();
  }

  private static Jackknife jackknife(int layers) {
    return new Jackknife(groups -> GroupScales.solve(groups, SETTINGS), layers);
  }

  private static List<LayerMoments> of(long count, double squares) {
    return List.of(new LayerMoments(count, 0, squares, 0, 0, 0));
  }

  private static List<List<LayerMoments>> draw(Random random, int microBatches, double skew) {
    List<List<LayerMoments>> drawn = new ArrayList<>();
    for (int i = 0; i < microBatches; i++) {
      LayerMoments moments = LayerMoments.NONE;
      for (int row = 0; row < 16; row++) {
        double size = Math.exp(0.3 * skew * random.nextGaussian());
        float[] values = new float[10];
        for (int j = 0; j < values.length; j++) {
          values[j] = (float) (3 * size * random.nextGaussian());
        }
        moments = moments.merge(LayerMoments.ofChannel(values, 0, 1, values.length, 0));
      }
      drawn.add(List.of(moments));
    }
    return drawn;
  }
}
