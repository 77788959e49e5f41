package dev.kindling.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Shape;
import dev.kindling.scheme.Normal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known of signals at the start comes out. */
class KnownPhysicsTest {
  private static final int WIDTH = 256;

  /**
   * Glorot and Bengio 2010, He et al. 2015: a ReLU halves the second moment, He's factor 2 mends
   * it.
   */
  @Test
  void reluHalvesTheSecondMomentUnderLecunAndHeMendsIt() {
    Starts net = Starts.chain(50, WIDTH, "relu");
    Diagnosis lecun = net.diagnose(net.of("lecun_normal"), 32, 1);
    assertThat(rate(lecun)).isCloseTo(0.5, within(0.02));
    assertThat(Verdicts.of(lecun))
        .anyMatch(
            line ->
                line.matches(
                    "The second moment of outputs shrinks by 0\\.(49|50)\\d* per layer, .* from l00 to l49: he_normal instead of lecun_normal before relu, or run lsuv"))
        .anyMatch(line -> line.startsWith("Gradients vanish on their way back"));
    Diagnosis he = net.diagnose(net.of("he_normal"), 32, 1);
    assertThat(rate(he)).isCloseTo(1, within(0.04));
  }

  @Test
  void heExplodesOnLinearLayers() {
    Starts net = Starts.chain(50, WIDTH, "");
    Diagnosis he = net.diagnose(net.of("he_normal"), 16, 1);
    assertThat(rate(he)).isCloseTo(2, within(0.06));
    assertThat(Verdicts.of(he))
        .anyMatch(line -> line.contains("grows by"))
        .anyMatch(line -> line.startsWith("Gradients explode"));
  }

  @Test
  void tanhSaturatesUnderLargeNormals() {
    Starts net = Starts.chain(6, WIDTH, "tanh");
    Diagnosis large = net.diagnose(net.of(new Normal(0, 1)), 32, 1);
    // Of N(0, 256) some 90 percent lie beyond 2.
    assertThat(large.layers().get(0).saturated().orElseThrow()).isCloseTo(0.9005, within(0.01));
    assertThat(Verdicts.of(large))
        .anyMatch(line -> line.contains("are where its activation is flat"));
    Diagnosis small = net.diagnose(net.of("glorot_uniform"), 32, 1);
    assertThat(small.layers().get(5).saturated()).isEmpty();
    assertThat(Verdicts.of(small)).noneMatch(line -> line.contains("flat"));
  }

  @Test
  void blocksOfFixupAreTheIdentity() {
    Starts net =
        new Starts(
            Shape.of(32),
            "dense: {name: stem, out: 32}, relu, repeat: {name: b, times: 4, layers: ["
                + "residual: {name: r, branch: [dense: {name: f1, out: 32}, relu, dense: {name: f2, out: 32}]}]},"
                + " dense: {name: fc, out: 10}");
    Diagnosis fixup = net.diagnose(net.preset("fixup"), 32, 2);
    assertThat(fixup.layers()).hasSize(10);
    List<LayerSignal> ends =
        fixup.layers().stream().filter(layer -> layer.layer().endsWith("f2")).toList();
    assertThat(ends).hasSize(4).allMatch(layer -> layer.secondMoment() == 0);
    // What is inside of a branch does not reach the output; every branch's input is the same.
    List<LayerSignal> inner =
        fixup.layers().stream().filter(layer -> layer.layer().endsWith("f1")).toList();
    assertThat(inner).hasSize(4).allMatch(layer -> layer.jacobian().orElseThrow().value() == 0);
    assertThat(Verdicts.of(fixup))
        .anyMatch(line -> line.contains("puts out nothing") || line.contains("put out nothing"));
  }

  @Test
  void lsuvIsFlat() {
    Starts net = Starts.chain(20, 64, "relu");
    Diagnosis lsuv = net.diagnose(net.lsuv(64), 64, 1);
    assertThat(lsuv.layers())
        .hasSize(20)
        .allSatisfy(layer -> assertThat(layer.variance()).isCloseTo(1, within(1e-4)));
    assertThat(Verdicts.of(lsuv)).noneMatch(line -> line.contains("second moment"));
  }

  /** Saxe et al. 2014. */
  @Test
  void orthogonalLinearNetsHaveSingularValuesOne() {
    Starts net = Starts.chain(30, WIDTH, "");
    Diagnosis orthogonal = net.diagnose(net.of("orthogonal"), 8, 8);
    for (LayerSignal layer : orthogonal.layers().subList(0, 29)) {
      LayerSignal.Estimate jacobian = layer.jacobian().orElseThrow();
      // A sum of squares of 1,024 normals.
      assertThat(jacobian.error()).isBetween(0.001, 0.03);
      assertThat(jacobian.value()).isCloseTo(1, within(4.5 * jacobian.error()));
    }
    assertThat(orthogonal.layers().get(29).jacobian()).isEmpty();
    assertThat(Verdicts.of(orthogonal)).isEmpty();
  }

  /** Cho and Saul 2009: ReLU nets under He draw all samples together. */
  @Test
  void deepReluNetsMakeSamplesAlike() {
    Starts net = Starts.chain(50, WIDTH, "relu");
    Diagnosis he = net.diagnose(net.of("he_normal"), 32, 0);
    assertThat(he.layers().get(0).cosine().orElseThrow()).isCloseTo(0, within(0.03));
    // The arc-cosine kernel of degree 1 leads 0 to 1/pi.
    assertThat(he.layers().get(1).cosine().orElseThrow()).isCloseTo(1 / Math.PI, within(0.03));
    assertThat(he.layers().get(49).cosine().orElseThrow()).isGreaterThan(0.97);
    assertThat(he.layers().get(49).effectiveRank().orElseThrow())
        .isLessThan(he.layers().get(0).effectiveRank().orElseThrow() / 2);
    assertThat(Verdicts.of(he)).anyMatch(line -> line.startsWith("Samples look alike from l"));
  }

  @Test
  void attentionWithoutQueriesLooksEverywhere() {
    Starts net =
        new Starts(Shape.of(12, 16), "attention: {name: a, heads: 2}, dense: {name: fc, out: 16}");
    Diagnosis none = net.diagnose(net.of(new Normal(0, 1e-6)), 4, 0);
    AttentionSignal attention = none.attentions().get(0);
    assertThat(attention.most()).isCloseTo(Math.log(12), within(1e-12));
    assertThat(attention.entropy()).isCloseTo(Math.log(12), within(1e-5));
    Diagnosis large = net.diagnose(net.of(new Normal(0, 2)), 4, 0);
    assertThat(large.attentions().get(0).entropy()).isLessThan(0.3);
    assertThat(Verdicts.of(large)).anyMatch(line -> line.startsWith("Attention of "));
  }

  @Test
  void effectiveRankOfEqualValuesIsTheirNumber() {
    assertThat(OutputStatistics.effectiveRank(new double[] {4, 4, 4, 0}))
        .isCloseTo(3, within(1e-12));
    assertThat(Diagnostician.entropy(new float[] {0.5f, 0.5f, 1, 0}, 2))
        .isCloseTo(Math.log(2) / 2, within(1e-12));
  }

  private static double rate(Diagnosis diagnosis) {
    return Trend.of(diagnosis.layers().stream().map(LayerSignal::secondMoment).toList()).rate();
  }
}
