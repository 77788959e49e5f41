package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.kernel.Variates;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import dev.kindling.scheme.Bert;
import dev.kindling.scheme.Chrono;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.DeltaOrthogonal;
import dev.kindling.scheme.Dirac;
import dev.kindling.scheme.Embedding;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.GateOrder;
import dev.kindling.scheme.GlorotUniform;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.Identity;
import dev.kindling.scheme.LooksLinear;
import dev.kindling.scheme.LstmBias;
import dev.kindling.scheme.Mimetic;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Ones;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Permutation;
import dev.kindling.scheme.Polar;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Sparse;
import dev.kindling.scheme.TorchSparse;
import dev.kindling.scheme.Uniform;
import dev.kindling.scheme.Unitary;
import dev.kindling.scheme.Urnn;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeValuesTest {
  private static final long SEED = 3;
  private static final Kernels KERNELS = new ScalarKernels();

  private static final List<RecipeEntry> ENTRIES =
      List.of(
          entry(Shape.of(13, 3, 3), Layout.OUT_IN, rows(13, 1, new HeNormal(FanMode.FAN_IN, 0))),
          entry(Shape.of(40), Layout.OUT_IN, rows(40, 1, new Uniform(0, 1))),
          entry(Shape.of(), Layout.OUT_IN, rows(1, 1, new Normal(1, 2))),
          entry(Shape.of(7, 11), Layout.OUT_IN, rows(7, 1, new Orthogonal(1))),
          entry(Shape.of(11, 7), Layout.IN_OUT, rows(11, 1, new Orthogonal(1.5))),
          entry(Shape.of(12, 2, 3), Layout.OUT_IN, rows(12, 3, new Orthogonal(1))),
          entry(Shape.of(12, 2, 1), Layout.OUT_IN, rows(12, 2, new Orthogonal(1))),
          entry(
              Shape.of(9, 4),
              Layout.OUT_IN,
              block(Block.Axis.ROWS, 0, 3, new Orthogonal(1), PerChannel.all(2), PerChannel.ZERO),
              block(Block.Axis.ROWS, 3, 8, new Orthogonal(1), PerChannel.ONE, PerChannel.ONE),
              block(Block.Axis.ROWS, 8, 9, new Normal(0, 1), PerChannel.ONE, PerChannel.ZERO)),
          entry(
              Shape.of(4, 9),
              Layout.IN_OUT,
              block(Block.Axis.COLUMNS, 0, 3, new Orthogonal(1), numbers(3), numbers(3)),
              block(Block.Axis.COLUMNS, 3, 8, new Uniform(-1, 2), numbers(5), PerChannel.ZERO),
              block(Block.Axis.COLUMNS, 8, 9, new Ones(), PerChannel.all(3), PerChannel.ZERO)),
          entry(
              Shape.of(5, 3, 2, 2),
              Layout.OUT_IN,
              block(Block.Axis.ROWS, 0, 5, new GlorotUniform(1), numbers(5), numbers(5))),
          entry(
              Shape.of(5, 3, 2, 2),
              Layout.IN_OUT,
              block(Block.Axis.ROWS, 0, 5, new Normal(0.5, 1), numbers(3), numbers(3))),
          entry(
              Shape.of(6, 3, 2),
              Layout.IN_OUT,
              new Block(
                  Block.Axis.ROWS,
                  0,
                  6,
                  2,
                  new Normal(0, 1),
                  new Fans(1, 1),
                  numbers(6),
                  PerChannel.ZERO)),
          entry(
              Shape.of(6, 4),
              Layout.OUT_IN,
              block(Block.Axis.COLUMNS, 0, 1, new Orthogonal(1), numbers(6), PerChannel.ZERO),
              block(Block.Axis.COLUMNS, 1, 4, new Normal(0, 1), numbers(6), numbers(6))),
          entry(Shape.of(40), Layout.OUT_IN, rows(40, 1, new Bert(1))),
          entry(Shape.of(7, 11), Layout.OUT_IN, rows(7, 1, new Identity(2))),
          entry(Shape.of(12, 2, 3), Layout.OUT_IN, rows(12, 3, new Dirac())),
          entry(Shape.of(9, 5), Layout.OUT_IN, rows(9, 1, new Embedding(1, 4))),
          entry(Shape.of(13, 31), Layout.OUT_IN, rows(13, 1, new Sparse(4, 1))),
          entry(Shape.of(31, 13), Layout.IN_OUT, rows(31, 1, new Sparse(4, 1))),
          entry(Shape.of(31, 13), Layout.OUT_IN, rows(31, 1, new TorchSparse(0.5, 1))),
          entry(
              Shape.of(12, 31),
              Layout.OUT_IN,
              block(Block.Axis.ROWS, 0, 4, new Sparse(3, 1), numbers(4), numbers(4)),
              block(Block.Axis.ROWS, 4, 12, new TorchSparse(0.5, 1), numbers(8), numbers(8))),
          entry(
              Shape.of(12, 31),
              Layout.OUT_IN,
              block(Block.Axis.COLUMNS, 0, 11, new Sparse(3, 1), numbers(12), numbers(12)),
              block(Block.Axis.COLUMNS, 11, 31, new Identity(1), numbers(12), numbers(12))),
          entry(Shape.of(40), Layout.OUT_IN, rows(40, 1, new LstmBias(GateOrder.IFGO, 1, 2))),
          entry(Shape.of(300), Layout.OUT_IN, rows(300, 1, new Chrono(GateOrder.IOFC, 50, 1))),
          entry(Shape.of(2, 60), Layout.OUT_IN, rows(2, 1, new Chrono(GateOrder.ZRH, 50, 2))),
          entry(Shape.of(8, 4, 3), Layout.OUT_IN, rows(8, 2, new DeltaOrthogonal(1))),
          entry(
              Shape.of(3, 4, 2, 2),
              Layout.IN_OUT,
              block(Block.Axis.ROWS, 0, 3, new DeltaOrthogonal(2), numbers(4), numbers(4))),
          entry(
              Shape.of(10, 8),
              Layout.OUT_IN,
              rows(10, 1, new LooksLinear(LooksLinear.Place.HIDDEN, new Orthogonal(1)))),
          entry(
              Shape.of(4, 6, 3),
              Layout.IN_OUT,
              block(
                  Block.Axis.ROWS,
                  0,
                  4,
                  new LooksLinear(LooksLinear.Place.FIRST, new GlorotUniform(1)),
                  numbers(6),
                  numbers(6))),
          entry(
              Shape.of(10, 8),
              Layout.IN_OUT,
              rows(10, 1, new LooksLinear(LooksLinear.Place.LAST, new Sparse(2, 1)))),
          entry(
              Shape.of(7, 5, 2), Layout.OUT_IN, rows(7, 1, new Unitary(2, Unitary.Encoding.PAIRS))),
          entry(Shape.of(6, 10), Layout.OUT_IN, rows(6, 1, new Unitary(1, Unitary.Encoding.BLOCK))),
          entry(Shape.of(7, 9), Layout.OUT_IN, rows(7, 1, new Urnn(Urnn.Part.ALL))),
          entry(Shape.of(12, 2, 3), Layout.OUT_IN, rows(12, 2, new Polar(2))),
          entry(
              Shape.of(6, 8),
              Layout.IN_OUT,
              block(Block.Axis.COLUMNS, 0, 5, new Polar(1), numbers(5), PerChannel.ZERO),
              block(Block.Axis.COLUMNS, 5, 8, new Polar(1), PerChannel.ONE, numbers(3))),
          entry(Shape.of(70), Layout.OUT_IN, rows(70, 1, new Permutation())),
          entry(Shape.of(9, 9), Layout.OUT_IN, rows(9, 1, new Permutation())),
          entry(
              Shape.of(5, 8, 3),
              Layout.OUT_IN,
              rows(5, 1, new LooksLinear(LooksLinear.Place.LAST, new DeltaOrthogonal(1)))),
          entry(
              Shape.of(9, 8),
              Layout.OUT_IN,
              block(Block.Axis.ROWS, 0, 4, product(Mimetic.Part.QUERY), numbers(4), numbers(4)),
              block(
                  Block.Axis.ROWS,
                  4,
                  9,
                  product(Mimetic.Part.VALUE),
                  PerChannel.ONE,
                  PerChannel.ZERO)),
          entry(
              Shape.of(8, 10),
              Layout.IN_OUT,
              block(
                  Block.Axis.COLUMNS, 0, 6, product(Mimetic.Part.KEY), PerChannel.ONE, numbers(6)),
              block(
                  Block.Axis.COLUMNS,
                  6,
                  10,
                  product(Mimetic.Part.VALUE),
                  PerChannel.ONE,
                  PerChannel.ZERO)),
          entry(Shape.of(5, 8), Layout.IN_OUT, rows(5, 1, product(Mimetic.Part.OUTPUT))));

  private static Mimetic product(Mimetic.Part part) {
    return new Mimetic(part, "", 2, 0, 0.7, part.isByHeads() ? 0.7 : -0.7);
  }

  @Property(tries = 1000, seed = "7")
  void anyRangeGivesTheBitsOfTheWhole(
      @ForAll @IntRange(min = 0, max = 40) int which,
      @ForAll @IntRange(min = 0, max = 1000) int first,
      @ForAll @IntRange(min = 0, max = 1000) int second,
      @ForAll @IntRange(min = 0, max = 5) int offset) {
    RecipeEntry entry = ENTRIES.get(which);
    int count = (int) entry.shape().elementCount();
    int from = Math.min(first, second) % (count + 1);
    int to = Math.max(from, Math.max(first, second) % (count + 1));
    float[] whole = whole(entry);
    float[] part = new float[offset + to - from];

    values().fill(entry, from, part, offset, to - from);

    for (int i = from; i < to; i++) {
      assertSameBits(part[offset + i - from], whole[i]);
    }
  }

  @Property(tries = 400, seed = "8")
  void anyRangeGivesTheFloat64BitsOfTheWhole(
      @ForAll @IntRange(min = 0, max = 24) int which,
      @ForAll @IntRange(min = 0, max = 1000) int first,
      @ForAll @IntRange(min = 0, max = 1000) int second,
      @ForAll @IntRange(min = 0, max = 5) int offset) {
    RecipeEntry entry = ENTRIES.get(which);
    int count = (int) entry.shape().elementCount();
    int from = Math.min(first, second) % (count + 1);
    int to = Math.max(from, Math.max(first, second) % (count + 1));
    double[] whole = wholeFloat64(entry);
    double[] part = new double[offset + to - from];

    values().fill(entry, from, part, offset, to - from);

    assertThat(Arrays.mismatch(part, offset, part.length, whole, from, to)).isEqualTo(-1);
  }

  /** In both types a tensor is the same but for rounding, so a calibration holds for both. */
  @Test
  void float64ValuesAreTheFloat32OnesToldMoreExactly() {
    for (RecipeEntry entry : ENTRIES) {
      float[] narrow = whole(entry);
      double[] wide = wholeFloat64(entry);
      int moreExact = 0;
      for (int i = 0; i < wide.length; i++) {
        assertThat(wide[i]).isCloseTo(narrow[i], within(2e-6 * Math.max(1, Math.abs(narrow[i]))));
        moreExact += wide[i] == narrow[i] ? 0 : 1;
      }
      if (entry.source() instanceof Source.Drawn drawn
          && drawn.blocks().get(0).scheme() instanceof HeNormal) {
        assertThat(moreExact).isEqualTo(wide.length);
      }
    }
  }

  /** One instance that is asked back and forth keeps no wrong matrix. */
  @Test
  void orderOfQuestionsDoesNotMatter() {
    RecipeValues values = values();
    for (int round = 0; round < 2; round++) {
      for (RecipeEntry entry : ENTRIES) {
        float[] whole = whole(entry);
        float[] one = new float[1];
        for (int i = whole.length - 1; i >= 0; i--) {
          values.fill(entry, i, one, 0, 1);
          assertSameBits(one[0], whole[i]);
        }
      }
    }
  }

  /**
   * The value is z std scale + mean, with std and mean rounded to float32 and then the sum once.
   */
  @ParameterizedTest
  @CsvSource({"0, 1, 1, 0", "0.1, 0.02, 1, 0", "-3, 0.7, 1.7, 0.3", "0, 1e-20, 3, 0"})
  void normalsAreWithinHalfAnUlpOfExactArithmetic(
      double mean, double std, double scale, double shift) {
    PerChannel shifts = PerChannel.all(shift);
    Scheme scheme = new Normal(mean, std);
    RecipeEntry entry =
        entry(
            Shape.of(1000),
            Layout.OUT_IN,
            block(Block.Axis.ROWS, 0, 1000, scheme, PerChannel.all(scale), shifts));
    float[] z = draws(entry, 1000);

    float[] values = whole(entry);

    float factor = (float) (std * scale);
    float summand = (float) (mean * scale + shift);
    for (int i = 0; i < values.length; i++) {
      BigDecimal exact =
          new BigDecimal(z[i]).multiply(new BigDecimal(factor)).add(new BigDecimal(summand));
      double error = exact.subtract(new BigDecimal(values[i])).abs().doubleValue();
      assertThat(error).isLessThanOrEqualTo(Math.ulp(values[i]) / 2);
    }
  }

  /** Scaling multiplies the standard deviation, not the values after their rounding. */
  @Test
  void scaleIsAppliedToTheStandardDeviation() {
    RecipeEntry base = ENTRIES.get(0);
    double scale = 1.0 / 3;
    float[] z = draws(base, 117);
    float std = (float) (Math.sqrt(2.0 / 9) * scale);

    float[] values =
        whole(
            new Recipe(Recipe.FORMAT_VERSION, SEED, List.of(base)).scaledBy("t", scale).entry("t"));

    for (int i = 0; i < values.length; i++) {
      assertSameBits(values[i], z[i] * std);
    }
  }

  @Test
  void scalesMultiply() {
    RecipeEntry twice = ENTRIES.get(9).scaledBy(0.5).scaledBy(3);
    Block block = ((Source.Drawn) twice.source()).blocks().get(0);
    assertThat(block.scale()).isEqualTo(numbers(5).times(0.5).times(3));
    assertThat(block.shift()).isEqualTo(numbers(5));
  }

  /** The layout decides which axis is the channel: value / plain value is the channel's scale. */
  @Test
  void channelsFollowTheLayout() {
    double[] outIn = {2, 4, 8, 16};
    double[] inOut = {2, 4, 8};
    float[] plain = whole(entry(Shape.of(4, 3, 2), Layout.OUT_IN, rows(4, 1, new Normal(0, 1))));
    float[] byRow = whole(channels(Layout.OUT_IN, 1, outIn));
    float[] byColumn = whole(channels(Layout.IN_OUT, 1, inOut));
    float[] byGroup = whole(channels(Layout.IN_OUT, 2, new double[] {2, 4, 8, 16, 32, 64}));

    for (int i = 0; i < plain.length; i++) {
      int row = i / 6;
      int column = i % 6 / 2;
      assertSameBits(byRow[i], (float) (outIn[row] * plain[i]));
      assertSameBits(byColumn[i], (float) (inOut[column] * plain[i]));
      assertSameBits(byGroup[i], (float) Math.scalb(plain[i], 1 + column + 3 * (row / 2)));
    }
  }

  @Test
  void orthogonalGroupsAreSeparateOrthonormalMatrices() {
    float[] w = whole(ENTRIES.get(5));
    for (int group = 0; group < 3; group++) {
      for (int a = 0; a < 4; a++) {
        for (int b = 0; b < 4; b++) {
          double product = 0;
          for (int k = 0; k < 6; k++) {
            product += (double) w[(4 * group + a) * 6 + k] * w[(4 * group + b) * 6 + k];
          }
          assertThat(Math.abs(product - (a == b ? 1 : 0))).isLessThan(1e-6);
        }
      }
    }
    assertThat(w[0]).isNotEqualTo(w[24]).isNotEqualTo(w[48]);
  }

  @Test
  void orthogonalColumnBlocksAreOrthonormalEach() {
    RecipeEntry entry =
        entry(
            Shape.of(8, 7),
            Layout.IN_OUT,
            block(Block.Axis.COLUMNS, 0, 3, new Orthogonal(1), PerChannel.ONE, PerChannel.ZERO),
            block(Block.Axis.COLUMNS, 3, 7, new Orthogonal(1), PerChannel.ONE, PerChannel.ZERO));
    float[] w = whole(entry);
    for (int a = 0; a < 7; a++) {
      for (int b = 0; b < 7; b++) {
        double product = 0;
        for (int k = 0; k < 8; k++) {
          product += (double) w[7 * k + a] * w[7 * k + b];
        }
        if (a < 3 == b < 3) {
          assertThat(Math.abs(product - (a == b ? 1 : 0))).isLessThan(1e-6);
        }
      }
    }
  }

  /** Every element has its own word: no value repeats but by chance (2^-24 for each pair). */
  @Test
  void elementsSeedsAndNamesAreIndependent() {
    RecipeEntry entry = entry(Shape.of(100), Layout.OUT_IN, rows(100, 1, new Normal(0, 1)));
    float[] other = new float[100];
    new RecipeValues(SEED + 1, KERNELS, values -> null).fill(entry, 0, other, 0, 100);

    assertThat(whole(entry)).doesNotHaveDuplicates().doesNotContain(other);
  }

  @Test
  void constantsAreScaledAndShifted() {
    RecipeEntry entry =
        entry(
            Shape.of(2),
            Layout.OUT_IN,
            block(Block.Axis.ROWS, 0, 2, new Constant(0.1), PerChannel.all(3), PerChannel.all(-1)));
    assertThat(whole(entry)).containsOnly((float) (0.1 * 3 - 1));
  }

  @Test
  void emptyTensorsHaveNoValues() {
    RecipeEntry entry = entry(Shape.of(0, 3), Layout.OUT_IN, rows(0, 1, new GlorotUniform(1)));
    assertThat(whole(entry)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "0, 118", "117, 1", "5, -1"})
  void rejectsRangesOutsideTheTensor(long start, int length) {
    assertThatThrownBy(() -> values().fill(ENTRIES.get(0), start, new float[200], 0, length))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("out of bounds for length 117");
  }

  private static double[] wholeFloat64(RecipeEntry entry) {
    double[] values = new double[(int) entry.shape().elementCount()];
    values().fill(entry, 0, values, 0, values.length);
    return values;
  }

  private static RecipeValues values() {
    return new RecipeValues(SEED, KERNELS, values -> ByteBuffer.allocate(0));
  }

  private static float[] whole(RecipeEntry entry) {
    float[] whole = new float[(int) entry.shape().elementCount()];
    values().fill(entry, 0, whole, 0, whole.length);
    return whole;
  }

  private static float[] draws(RecipeEntry entry, int count) {
    float[] z = new float[count];
    Stream stream = Stream.of(SEED, entry.tensor(), Purpose.ELEMENTS);
    KERNELS.fill(Variates.standardNormal(stream), 0, z, 0, count);
    return z;
  }

  private static RecipeEntry channels(Layout layout, int parts, double[] scale) {
    return entry(
        Shape.of(4, 3, 2),
        layout,
        new Block(
            Block.Axis.ROWS,
            0,
            4,
            parts,
            new Normal(0, 1),
            Fans.NONE,
            new PerChannel(DoubleStream.of(scale).boxed().toList()),
            PerChannel.ZERO));
  }

  private static PerChannel numbers(int count) {
    return new PerChannel(DoubleStream.iterate(0.7, x -> x * -1.1).limit(count).boxed().toList());
  }

  private static Block rows(long rows, int parts, Scheme scheme) {
    return Block.whole(rows, parts, scheme, new Fans(9, 9));
  }

  private static Block block(
      Block.Axis axis, long from, long to, Scheme scheme, PerChannel scale, PerChannel shift) {
    return new Block(axis, from, to, 1, scheme, new Fans(3, 4), scale, shift);
  }

  private static RecipeEntry entry(Shape shape, Layout layout, Block... blocks) {
    return new RecipeEntry(
        "t",
        shape,
        ElementType.F32,
        Role.DENSE,
        layout,
        List.of(),
        "test",
        new Source.Drawn(List.of(blocks)));
  }

  private static void assertSameBits(float actual, float expected) {
    assertThat(Float.floatToIntBits(actual)).isEqualTo(Float.floatToIntBits(expected));
  }
}
