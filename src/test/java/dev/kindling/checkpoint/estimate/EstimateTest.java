package dev.kindling.checkpoint.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.ShardPlanner;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Polar;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Uniform;
import dev.kindling.scheme.Zeros;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures on the right are those of docs/performance.md, in seconds on one core. */
class EstimateTest {
  private static final CheckpointLayout LAYOUT =
      CheckpointLayout.of(ElementType.F32, CheckpointLayout.DEFAULT_SHARD_BYTES);

  private static final Machines ONE = new Machines(1, 1, 1e9);

  @Test
  void bytesAndTasksAreThoseOfThePlan() {
    Recipe recipe = recipe(tensor("a", new Normal(0, 1), 8192, 65536), tensor("b", new Zeros(), 7));
    Estimate estimate = Estimate.of(recipe, LAYOUT, ONE);
    assertThat(estimate.bytes()).isEqualTo(4 * (8192L * 65536 + 7));
    assertThat(estimate.tasks()).isEqualTo(ShardPlanner.plan(recipe, LAYOUT).size());
    assertThat(estimate.tensors()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"normal, 335e6", "uniform, 638e6"})
  void independentDrawsGoWithTheirNumber(String law, double perSecond) {
    Scheme scheme = law.equals("normal") ? new Normal(0, 1) : new Uniform(0, 1);
    Estimate estimate = Estimate.of(recipe(tensor("w", scheme, 16384, 16384)), LAYOUT, ONE);
    assertThat(estimate.weightSeconds()).isCloseTo(268_435_456 / perSecond, within(1e-9));
    assertThat(estimate.init().processorSeconds()).isGreaterThan(estimate.weightSeconds());
  }

  /** 4/3 n^3 operations at 46 GF/s; the table has 1.98 s for 4096. */
  @Test
  void orthogonalMatricesGoWithTheCube() {
    Scheme orthogonal = new Orthogonal(1);
    Estimate small = Estimate.of(recipe(tensor("w", orthogonal, 4096, 4096)), LAYOUT, ONE);
    assertThat(small.weightSeconds()).isCloseTo(1.98, within(0.03));
    Estimate large = Estimate.of(recipe(tensor("w", orthogonal, 8192, 8192)), LAYOUT, ONE);
    assertThat(large.weightSeconds() / small.weightSeconds()).isCloseTo(8, within(1e-9));
  }

  /**
   * The table has 0.33 s for 65536 x 256 and 0.68 s for 4096 x 2048, both with all that is shared.
   */
  @ParameterizedTest
  @CsvSource({"65536, 256, 0.33", "4096, 2048, 0.68"})
  void tallMatricesShareTheirFactor(long rows, long columns, double measured) {
    RecipeEntry entry = tensor("w", new Orthogonal(1), rows, columns);
    DrawCost cost = new DrawCost(entry);
    double whole = cost.shared() + cost.rows(0, (double) rows);
    assertThat(whole / measured).isBetween(0.5, 1.5);
    assertThat(Estimate.of(recipe(entry), LAYOUT, ONE).init().processorSeconds())
        .isGreaterThan(whole);
  }

  /** Any cut has the sum of the whole; later rows of a wide matrix cost more. */
  @Test
  void rowsAddUp() {
    DrawCost cost = new DrawCost(tensor("w", new Orthogonal(1), 1000, 3000));
    double parts = IntStream.range(0, 10).mapToDouble(i -> cost.rows(i * 100, i * 100 + 100)).sum();
    assertThat(parts).isCloseTo(cost.rows(0, 1000), within(1e-12));
    assertThat(cost.rows(900, 1000)).isGreaterThan(10 * cost.rows(0, 100));
    Block twoParts =
        new Block(
            Block.Axis.ROWS,
            0,
            1000,
            2,
            new Orthogonal(1),
            new Fans(1, 1),
            PerChannel.ONE,
            PerChannel.ZERO);
    DrawCost groups = new DrawCost(entry("w", twoParts, 1000, 3000));
    assertThat(groups.rows(0, 1000)).isCloseTo(2 * cost.rows(0, 500), within(1e-12));
    assertThat(groups.rows(250, 750))
        .isCloseTo(cost.rows(250, 500) + cost.rows(0, 250), within(1e-12));
  }

  @Test
  void twiceTheDisksTakeHalfTheTime() {
    Recipe recipe = recipe(tensor("w", new Zeros(), 1 << 20, 4096));
    Estimate one = Estimate.of(recipe, LAYOUT, new Machines(1, 4, 0.2e9));
    Estimate two = Estimate.of(recipe, LAYOUT, new Machines(2, 4, 0.2e9));
    assertThat(one.init().disk()).isCloseTo(17.18 / 0.2, within(0.1));
    assertThat(two.init().disk()).isCloseTo(one.init().disk() / 2, within(1e-9));
    assertThat(one.init().bound()).isEqualTo(Estimate.Bound.DISK);
    assertThat(one.init().seconds())
        .isCloseTo(one.init().disk() + one.init().driver(), within(1e-9));
  }

  /** A shard of 512 rows is one task: no number of cores makes it shorter. */
  @Test
  void theLongestTaskBoundsOneMatrixOnManyCores() {
    Recipe recipe = recipe(tensor("w", new Orthogonal(1), 32768, 32768));
    Estimate many = Estimate.of(recipe, LAYOUT, new Machines(1000, 1, 1e9));
    assertThat(many.init().bound()).isEqualTo(Estimate.Bound.LONGEST_TASK);
    assertThat(many.init().processors()).isEqualTo(many.init().longestTask());
    Estimate few = Estimate.of(recipe, LAYOUT, new Machines(2, 1, 1e9));
    assertThat(few.init().bound()).isEqualTo(Estimate.Bound.PROCESSORS);
    assertThat(few.init().processors())
        .isBetween(few.init().processorSeconds() / 2, 1.2 * few.init().processorSeconds() / 2);
  }

  @Test
  void manySmallShardsAreBoundByTheScheduler() {
    Recipe recipe = recipe(tensor("w", new Zeros(), 100_000, 1));
    CheckpointLayout tiny = CheckpointLayout.of(ElementType.F32, 4);
    Estimate estimate = Estimate.of(recipe, tiny, new Machines(100, 10, 1e9));
    assertThat(estimate.tasks()).isEqualTo(100_000);
    assertThat(estimate.init().bound()).isEqualTo(Estimate.Bound.SCHEDULER);
  }

  @Test
  void calibrationHasALawOfItsOwn() {
    Estimate estimate =
        Estimate.of(recipe(tensor("w", new Normal(0, 1), 335, 1_000_000)), LAYOUT, ONE);
    assertThat(estimate.calibrationSeconds(100, 0)).isCloseTo(100 * 0.031 + 1, within(1e-9));
    assertThat(estimate.calibrationSeconds(100, 2) - estimate.calibrationSeconds(100, 0))
        .isCloseTo(2 * 7.2, within(1e-9));
  }

  @Test
  void whatIsNotKnownIsSaid() {
    assertThat(Estimate.of(recipe(tensor("w", new Polar(1), 64, 64)), LAYOUT, ONE).isWhole())
        .isFalse();
    assertThat(Estimate.of(recipe(tensor("w", new Zeros(), 64)), LAYOUT, ONE).isWhole()).isTrue();
  }

  @Test
  void machinesAreChecked() {
    assertThatThrownBy(() -> new Machines(0, 1, 1))
        .hasMessage("number of executors is not positive: 0");
    assertThatThrownBy(() -> new Machines(1, -1, 1))
        .hasMessage("number of cores is not positive: -1");
    assertThatThrownBy(() -> new Machines(1, 1, Double.NaN))
        .hasMessage("speed of the disk is not positive and finite: NaN");
  }

  private static Recipe recipe(RecipeEntry... entries) {
    return new Recipe(Recipe.FORMAT_VERSION, 1, Arrays.asList(entries));
  }

  private static RecipeEntry tensor(String name, Scheme scheme, long... dims) {
    return entry(name, Block.whole(dims[0], 1, scheme, new Fans(1, 1)), dims);
  }

  private static RecipeEntry entry(String name, Block block, long... dims) {
    return new RecipeEntry(
        name,
        Shape.of(dims),
        ElementType.F32,
        dims.length > 1 ? Role.DENSE : Role.BIAS,
        Layout.OUT_IN,
        List.of(),
        "test",
        new Source.Drawn(List.of(block)));
  }
}
