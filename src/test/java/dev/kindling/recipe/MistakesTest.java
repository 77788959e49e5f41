package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.LocalStageRunner;
import dev.kindling.calibrate.Lsuv;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.StagePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.NarrowFloats;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelReader;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Distribution;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.GlorotNormal;
import dev.kindling.scheme.GlorotTruncatedNormal;
import dev.kindling.scheme.Gpt2;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.HeUniform;
import dev.kindling.scheme.LecunUniform;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import dev.kindling.scheme.TruncatedNormal;
import dev.kindling.scheme.TruncatedNormal.Bounds;
import dev.kindling.scheme.TruncatedNormal.StdOf;
import dev.kindling.scheme.VarianceScaling;
import dev.kindling.scheme.Zeros;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mistakes that initialisers in use have made, each of which must not happen here. */
class MistakesTest {
  private static final Fans FANS = new Fans(300, 100);
  private static final int ROWS = 200;
  private static final Map<String, Shape> SAMPLE_SHAPES = Map.of("input", Shape.of(12));

  @Test
  void standardDeviationIsNotVariance() {
    assertThat(new Normal(0, 0.02).draw(FANS)).isEqualTo(new Draw.Gaussian(0, 0.02));
    assertThat(std(new HeNormal(FanMode.FAN_IN, 0).draw(FANS)))
        .isCloseTo(Math.sqrt(2.0 / 300), within(1e-15));
  }

  /** Bound = SD sqrt(3), and not 3 / sqrt(fan) as in Deeplearning4j. */
  @Test
  void uniformBoundIsNotStandardDeviation() {
    Draw.Interval lecun = (Draw.Interval) new LecunUniform(1).draw(FANS);
    assertThat(lecun.bound()).isEqualTo(0.1);
    assertThat(lecun.std()).isCloseTo(1 / Math.sqrt(300), within(1e-15));
    Draw.Interval he = (Draw.Interval) new HeUniform(FanMode.FAN_IN, 0).draw(FANS);
    assertThat(he.bound()).isCloseTo(Math.sqrt(6.0 / 300), within(1e-15));
  }

  /**
   * With absolute bounds a small std is not cut, so dividing by 0.8796 makes it 13.7 % too large.
   */
  @Test
  void absoluteTruncationIsNotCorrected() {
    Draw.Truncated draw =
        (Draw.Truncated)
            new TruncatedNormal(0, 0.02, -2, 2, Bounds.ABSOLUTE, StdOf.UNTRUNCATED).draw(FANS);
    assertThat(draw.stdAfter()).isCloseTo(0.02, within(1e-15));
    assertThat(draw.high()).isEqualTo(100);
  }

  /** The numbers are the standard deviation before truncation and the cut. */
  @Test
  void truncationInDeviationsIsCorrected() {
    Draw.Truncated draw = (Draw.Truncated) new GlorotTruncatedNormal(1).draw(FANS);
    assertThat(draw.std()).isCloseTo(0.08038724, within(1e-8));
    assertThat(draw.std() * draw.high()).isCloseTo(0.16077448, within(1e-8));
    assertThat(draw.stdAfter()).isCloseTo(0.07071068, within(1e-8));
    Draw.Truncated general =
        (Draw.Truncated)
            new TruncatedNormal(0, 0.3, -1, 2.5, Bounds.DEVIATIONS, StdOf.TRUNCATED).draw(FANS);
    assertThat(general.stdAfter()).isCloseTo(0.3, within(1e-15));
  }

  /** The same layer in both layouts has the same fans. */
  @Test
  void fansDoNotComeFromTheWrongAxes() {
    HeNormal he = new HeNormal(FanMode.FAN_IN, 0);
    Drawn outIn = Drawn.of(dense(Shape.of(100, 300), Layout.OUT_IN), he);
    Drawn inOut = Drawn.of(dense(Shape.of(300, 100), Layout.IN_OUT), he);
    assertThat(outIn.draw()).isEqualTo(inOut.draw());
    assertThat(std(outIn.draw())).isCloseTo(0.08164966, within(1e-8));
  }

  @Test
  void receptiveFieldCounts() {
    Tensor kernel = Tensor.of("w", Shape.of(128, 64, 3, 3), Role.CONV, Layout.OUT_IN);
    assertThat(std(Drawn.of(kernel, new HeNormal(FanMode.FAN_IN, 0)).draw()))
        .isCloseTo(0.05892557, within(1e-8));
  }

  /** W joins n_in to n_out; a neighbour's neighbour does not enter. */
  @Test
  void glorotAddsTheFansOfOneMatrix() {
    assertThat(std(new GlorotNormal(1).draw(FANS))).isCloseTo(Math.sqrt(2.0 / 400), within(1e-15));
  }

  /** As one matrix, Glorot's standard deviation would be 1 / sqrt(2) of it: 0.03125. */
  @Test
  void fusedQueriesKeysAndValuesAreThreeMatrices() {
    Tensor outIn = Tensor.of("w", Shape.of(1536, 512), Role.FUSED_QKV, Layout.OUT_IN);
    Tensor inOut = Tensor.of("w", Shape.of(512, 1536), Role.FUSED_QKV, Layout.IN_OUT);
    for (Tensor tensor : List.of(outIn, inOut)) {
      Drawn drawn = Drawn.of(tensor, new GlorotNormal(1));
      assertThat(drawn.blocks()).hasSize(3);
      assertThat(drawn.blocks())
          .allSatisfy(block -> assertThat(block.fans()).isEqualTo(new Fans(512, 512)));
      assertThat(std(drawn.draw())).isCloseTo(0.04419417, within(1e-8));
    }
  }

  /**
   * PyTorch's fan-out is not divided by the groups, Keras takes a depthwise channel for an input.
   */
  @Test
  void groupsDivideBothFans() {
    SchemeCase grouped = new SchemeCase("glorot_normal", "", "conv", "512,16,5,5", "groups=8");
    assertThat(fans(grouped)).isEqualTo(new Fans(16 * 25, 64 * 25));
    SchemeCase depthwise = new SchemeCase("he_normal", "", "depthwise", "64,1,7,7", "groups=32");
    assertThat(fans(depthwise)).isEqualTo(new Fans(49, 98));
  }

  /** Both libraries see the axes of a transposed convolution swapped, and no stride. */
  @Test
  void transposedConvolutionsReadTheirFirstAxis() {
    SchemeCase kernel =
        new SchemeCase("he_normal", "", "transposed-conv", "256,64,4,4", "strides=4");
    assertThat(fans(kernel)).isEqualTo(new Fans(256 * 16 / 4, 64 * 16));
  }

  /** Of one orthogonal matrix of all gates, a gate's singular values have a mean square of 1/4. */
  @Test
  void orthogonalGatesKeepTheNorm() {
    SchemeCase gates =
        new SchemeCase("orthogonal", "", "recurrent-hidden", "48,12", "gates=ifgo:12");
    float[] values = new Drawn(gates.plan(Convention.PAPER)).values();
    double squares = 0;
    for (int i = 0; i < 144; i++) {
      squares += (double) values[i] * values[i];
    }
    assertThat(squares / 12).isCloseTo(1, within(1e-6));
  }

  /**
   * Mistake 6: the Q of a QR without its signs, or an SVD's U, has traces of mean -0.83 or -0.28 at
   * n = 4; Haar's have mean 0 and variance 1. Five standard errors; also held at length by
   * HaarDistributionTest.
   */
  @Test
  void orthogonalMatricesHaveNoPreferredSigns() {
    double sum = 0;
    for (int i = 0; i < 400; i++) {
      float[] values =
          Drawn.of(Tensor.of("w" + i, Shape.of(4, 4), Role.DENSE, Layout.OUT_IN), new Orthogonal(1))
              .values();
      sum += (double) values[0] + values[5] + values[10] + values[15];
    }
    assertThat(sum / 400).isCloseTo(0, within(5 / Math.sqrt(400)));
  }

  /** Mistake 6: with a sign in place of a phase, every unitary number would be 1 or -1. */
  @Test
  void unitaryNumbersHaveAnyPhase() {
    Scheme unitary = Schemes.of("unitary", Map.of());
    double cosine = 0;
    double sine = 0;
    for (int i = 0; i < 400; i++) {
      float[] number =
          Drawn.of(Tensor.of("w" + i, Shape.of(1, 1, 2), Role.DENSE, Layout.OUT_IN), unitary)
              .values();
      double phase = 2 * Math.atan2(number[1], number[0]);
      cosine += Math.cos(phase);
      sine += Math.sin(phase);
    }
    // A cosine of a uniform angle has variance 1/2.
    assertThat(cosine / 400).isCloseTo(0, within(5 / Math.sqrt(800)));
    assertThat(sine / 400).isCloseTo(0, within(5 / Math.sqrt(800)));
  }

  /** Mistake 10: units of a constant weight stay equal, and two layers of zeros get no gradient. */
  @Test
  void noWeightIsRecommendedToBeConstant() {
    for (Role role : Role.values()) {
      Tensor tensor = Tensor.of("w", Shape.of(12, 6), role, Layout.OUT_IN);
      if (role.isWeight()) {
        assertThat(List.of(recommended(tensor, true), recommended(tensor, false)))
            .as("%s", role)
            .noneMatch(Draw.Fill.class::isInstance);
      }
    }
  }

  private static Draw recommended(Tensor tensor, boolean calibrated) {
    return Recommendation.of(tensor, calibrated).orElseThrow().scheme().draw(new Fans(6, 6));
  }

  /** Mistake 10: a depth factor is part of the draw, so planning again does not apply it twice. */
  @Test
  void planningTwiceScalesOnce() {
    Scheme gpt2 = new Gpt2(0.02, 12);
    Drawn once = Drawn.of(dense("w"), gpt2);
    Recipe read =
        RecipeJson.parse(
            RecipeJson.toJson(new Recipe(Recipe.FORMAT_VERSION, 2026, List.of(once.entry()))), "r");
    assertThat(read.entries()).containsExactly(Drawn.of(dense("w"), gpt2).entry());
    assertThat(new Drawn(read.entries().get(0)).values()).containsExactly(once.values());
  }

  /**
   * Mistake 12: half precision comes last. Each element is then off by at most 2^-11 of itself, so
   * a product of two unit rows by at most 2^-10; a factorisation in half precision is off by more.
   */
  @Test
  void orthogonalMatricesAreRoundedToHalfAfterwards() {
    int n = 64;
    float[] values =
        Drawn.of(Tensor.of("w", Shape.of(n, n), Role.DENSE, Layout.OUT_IN), new Orthogonal(1))
            .values();
    for (int i = 0; i < values.length; i++) {
      values[i] = NarrowFloats.ofF16(NarrowFloats.toF16(values[i]));
    }
    for (int row = 0; row < n; row++) {
      for (int other = 0; other <= row; other++) {
        double product = 0;
        for (int k = 0; k < n; k++) {
          product += (double) values[row * n + k] * values[other * n + k];
        }
        assertThat(product).isCloseTo(row == other ? 1 : 0, within(0x1p-10));
      }
    }
  }

  private static Fans fans(SchemeCase sample) {
    return new Drawn(sample.plan(Convention.PAPER)).blocks().get(0).fans();
  }

  @Test
  void layersOfOneSeedAndShapeDiffer() {
    float[] a = Drawn.of(dense("a"), new Normal(0, 1)).values();
    float[] b = Drawn.of(dense("b"), new Normal(0, 1)).values();
    assertThat(a).doesNotContain(b);
  }

  /** Mistake 11. Residual branches: two per layer, and a new draw instead of a second scaling. */
  @Test
  void gpt2CountsTwoBranchesPerLayer() {
    assertThat(std(new Gpt2(0.02, 12).draw(FANS))).isCloseTo(0.0040825, within(5e-8));
    assertThat(new Gpt2(0.02, 12).draw(FANS)).isEqualTo(new Gpt2(0.02, 12).draw(FANS));
  }

  /**
   * Mistake 9: LSUV measures Wx + b and not what ReLU leaves of it, whose variance is 0.34; the
   * bias counts; dropout is off. A last layer of zeros, as Fixup has it, is left alone, not divided
   * by 0.
   */
  @Test
  void lsuvMeasuresBeforeTheActivationWithBiasesAndWithoutDropout() {
    Rule biases = new Rule(Optional.of("a.bias"), Optional.empty(), new Normal(0.7, 0.5));
    Rule zeros = new Rule(Optional.of("b.weight"), Optional.empty(), new Zeros());
    Model model =
        ModelReader.read(
            "input: {shape: [12]}\nlayers: [dense: {name: a, out: 40}, relu, dropout, dense: {name: b, out: 3}]\n"
                .getBytes(StandardCharsets.UTF_8),
            "m.yaml");
    Recipe recipe =
        Planner.plan(model, new InitSettings(7, List.of(biases, zeros), Optional.empty()), Set.of())
            .recipe();
    RecipeValues values = new RecipeValues(7, new ScalarKernels(), file -> ByteBuffer.allocate(0));
    float[] x = Drawn.of(dense(Shape.of(ROWS, 12), Layout.OUT_IN), new Normal(0.5, 3)).values();
    MicroBatch sample =
        MicroBatch.of(0, Map.of("input", TensorValue.ofFloats(Shape.of(ROWS, 12), x)));

    Lsuv.Outcome outcome =
        new Lsuv(
                new LsuvSettings(ROWS, ROWS, 1),
                SampleLayout.of(ROWS, ROWS),
                new LocalStageRunner(List.of(sample), values),
                Journal.NONE,
                Progress.SILENT)
            .calibrate(
                StagePlan.of(model, recipe, model.graph().orElseThrow().layers(), SAMPLE_SHAPES),
                recipe);

    assertThat(variance(x, all(values, outcome, "a.weight"), all(values, outcome, "a.bias")))
        .isCloseTo(1, within(1e-4));
    assertThat(outcome.layers().get(0).isLeftAlone()).isFalse();
    assertThat(outcome.layers().get(1).leftAlone()).isEqualTo("its output does not vary");
    assertThat(all(values, outcome, "b.weight")).containsOnly(0);
  }

  /** Variance over all outputs Wx + b, W being [out, 12]. */
  private static double variance(float[] x, float[] w, float[] b) {
    double[] outputs = new double[ROWS * b.length];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = b[i % b.length];
      for (int k = 0; k < 12; k++) {
        outputs[i] += (double) x[i / b.length * 12 + k] * w[i % b.length * 12 + k];
      }
    }
    double std = Moments.of(outputs).std();
    return std * std;
  }

  private static float[] all(RecipeValues values, Lsuv.Outcome outcome, String tensor) {
    RecipeEntry entry = outcome.recipe().entry(tensor);
    float[] all = new float[(int) entry.shape().elementCount()];
    values.fill(entry, 0, all, 0, all.length);
    return all;
  }

  /** DJL's default magnitude of 3 is for uniforms; a normal of it has three times the variance. */
  @Test
  void scaleIsThatOfTheVarianceForEveryDistribution() {
    for (Distribution distribution : Distribution.values()) {
      Draw draw = new VarianceScaling(2, FanMode.FAN_IN, distribution).draw(FANS);
      assertThat(std(draw)).isCloseTo(Math.sqrt(2.0 / 300), within(1e-15));
    }
  }

  private static double std(Draw draw) {
    if (draw instanceof Draw.Truncated truncated) {
      return truncated.stdAfter();
    }
    return draw instanceof Draw.Interval interval ? interval.std() : ((Draw.Gaussian) draw).std();
  }

  private static Tensor dense(String name) {
    return Tensor.of(name, Shape.of(20, 20), Role.DENSE, Layout.OUT_IN);
  }

  private static Tensor dense(Shape shape, Layout layout) {
    return Tensor.of("w", shape, Role.DENSE, layout);
  }
}
