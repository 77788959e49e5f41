package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemes whose elements depend on more than their own draw, on cores and shards of any number. */
class FactorisedSchemesTest {
  private static final String SHAPES =
      """
      {"first.weight": [600, 64], "hidden.weight": [300, 260], "last.weight": [10, 512],
       "delta.weight": [40, 24, 3, 3], "pairs.weight": [70, 70, 2], "block.weight": [140, 100],
       "urnn.weight": [7, 5000], "order.weight": [180, 180], "polar.weight": [200, 120],
       "tall.weight": [9000, 512], "square.weight": [700, 700]}
      """;
  private static final String RULES =
      """
      init:
        rules:
          - {match: first.*, scheme: {looks_linear: {place: first}}}
          - {match: hidden.*, scheme: looks_linear}
          - {match: last.*, scheme: {looks_linear: {place: last, base: he_normal}}}
          - {match: delta.*, scheme: delta_orthogonal}
          - {match: pairs.*, scheme: unitary}
          - {match: block.*, scheme: {unitary: {encoding: block}}}
          - {match: urnn.*, scheme: urnn}
          - {match: order.*, scheme: permutation}
          - {match: polar.*, scheme: polar}
          - {match: '*', scheme: orthogonal}
      """;

  @TempDir Path folder;

  @Test
  void haveTheBitsOfOneThread() throws IOException {
    Files.writeString(folder.resolve("shapes.json"), SHAPES);
    Path config =
        Files.writeString(folder.resolve("c.yaml"), "model: shapes.json\nseed: 11\n" + RULES);
    TreeSet<Integer> shards = new TreeSet<>();
    for (List<String> setting :
        List.of(
            List.of("local[1]", "1GiB"),
            List.of("local[2]", "400KiB"),
            List.of("local[7]", "64KiB"))) {
      Path out = folder.resolve(setting.get(0));
      Cli.run(
              Map.of("spark.master", setting.get(0)),
              "init",
              config.toString(),
              "--out",
              out.toString(),
              "--set",
              "output.shard-bytes=" + setting.get(1))
          .isDone();
      Checkpoint checkpoint = new Checkpoint(out);
      shards.add(checkpoint.manifest().shards().size());
      assertThat(checkpoint.crc32())
          .as(setting.get(0))
          .hasSize(11)
          .isEqualTo(PlainValues.crc32(checkpoint.recipe()));
    }
    assertThat(shards).hasSize(3);
    assertThat(shards.last()).isGreaterThan(4 * shards.first());
  }
}
