package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.scheme.Orthogonal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShardPlannerTest {
  @Test
  void letsSmallTensorsShareAFile() {
    List<ShardSpec> shards = plan(400, entry("a", 10), entry("b", 5, 4), entry("c", 100));
    assertThat(shards)
        .containsExactly(
            new ShardSpec(0, List.of(new ShardRange("a", 0, 1), new ShardRange("b", 0, 5))),
            new ShardSpec(1, List.of(new ShardRange("c", 0, 1))));
    assertThat(shards.get(1).fileName()).isEqualTo("part-00001.parquet");
  }

  @Test
  void holdsAtLeastOneRow() {
    assertThat(plan(1, entry("a", 2, 1000)))
        .containsExactly(
            new ShardSpec(0, List.of(new ShardRange("a", 0, 1))),
            new ShardSpec(1, List.of(new ShardRange("a", 1, 1))));
  }

  @Test
  void bounds512RowsOfAFactorisedMatrix() {
    RecipeEntry matrix = Sample.drawn("q", new Orthogonal(1), 1200, 10);
    assertThat(plan(1 << 30, entry("a", 3), matrix, entry("b", 3)))
        .containsExactly(
            new ShardSpec(0, List.of(new ShardRange("a", 0, 1), new ShardRange("q", 0, 512))),
            new ShardSpec(1, List.of(new ShardRange("q", 512, 512))),
            new ShardSpec(2, List.of(new ShardRange("q", 1024, 176), new ShardRange("b", 0, 1))));
  }

  @Test
  void countsRowsOfTheMatrixNotOfTheCheckpoint() {
    // Each row of the matrix is two of the checkpoint.
    RecipeEntry matrix = Sample.drawn("q", new Orthogonal(1), 600, 2, 1 << 22);
    List<ShardSpec> shards = plan(1L << 40, matrix);
    assertThat(shards.get(0).ranges()).containsExactly(new ShardRange("q", 0, 1024));
    assertThat(shards.get(1).ranges()).containsExactly(new ShardRange("q", 1024, 176));
  }

  @Test
  void leavesOutEmptyAndIntegerTensors() {
    assertThat(
            ShardPlanner.plan(Sample.RECIPE, Sample.LAYOUT).stream()
                .flatMap(shard -> shard.ranges().stream())
                .map(ShardRange::tensor))
        .doesNotContain("empty", "positions");
    assertThat(plan(100)).isEmpty();
  }

  @Test
  void plansHugeModelsWithoutRowObjects() {
    List<RecipeEntry> entries = new ArrayList<>();
    entries.add(entry("huge", 1_000_000, 1_000_000));
    entries.add(entry("flat", 1_000_000_000_000L));
    for (int i = 0; i < 5000; i++) {
      entries.add(entry("small." + i, 1000, 10));
    }
    List<ShardSpec> shards = plan(1 << 30, entries.toArray(RecipeEntry[]::new));
    assertThat(shards).hasSizeBetween(7400, 7700);
  }

  @Test
  void refusesShardsThatAreTooSmallToCount() {
    assertThatThrownBy(() -> plan(1000, entry("huge", 1_000_001, 1_000_000)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("more than 1000000 files (shard-bytes is 1000), use larger shards");
  }

  @Test
  void refusesNamesThatWouldBreakALineOfTheDigest() {
    assertThatThrownBy(() -> plan(1000, entry("a\tb", 1)))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot write tensor 'a?b': its name holds a control character, rename it");
  }

  @Property(tries = 200, seed = "3")
  void coversEveryRowOnceInOrder(
      @ForAll @Size(max = 6) List<@IntRange(max = 300) Integer> rows,
      @ForAll @IntRange(min = 1, max = 50) int columns,
      @ForAll @LongRange(min = 1, max = 20_000) long shardBytes) {
    List<RecipeEntry> entries = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      entries.add(entry("t" + i, rows.get(i), columns));
    }
    List<ShardSpec> shards = plan(shardBytes, entries.toArray(RecipeEntry[]::new));
    Map<String, Long> next = new HashMap<>();
    for (ShardSpec shard : shards) {
      long bytes = 0;
      for (ShardRange range : shard.ranges()) {
        assertThat(range.firstRow()).isEqualTo(next.getOrDefault(range.tensor(), 0L));
        next.put(range.tensor(), range.endRow());
        bytes += range.rowCount() * columns * 4;
      }
      assertThat(bytes).isLessThanOrEqualTo(Math.max(shardBytes, columns * 4L));
    }
    for (int i = 0; i < rows.size(); i++) {
      assertThat(next.getOrDefault("t" + i, 0L)).isEqualTo((long) rows.get(i));
    }
  }

  private static RecipeEntry entry(String name, long... dims) {
    return Sample.drawn(name, Sample.NORMAL, dims);
  }

  private static List<ShardSpec> plan(long shardBytes, RecipeEntry... entries) {
    return ShardPlanner.plan(
        new Recipe(Recipe.FORMAT_VERSION, 1, List.of(entries)),
        CheckpointLayout.of(ElementType.F32, shardBytes));
  }
}
