package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.base.Sha256;
import dev.kindling.checkpoint.ManifestShard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with a checkpoint, and with its recipe alone. */
class CheckpointCommandsTest {
  private static final String SHAPES =
      "{\"head.bias\": [10], \"head.weight\": [10, 64], \"body.weight\": [64, 4000]}";

  @TempDir static Path folder;
  private static Path out;
  private static Path recipe;

  @BeforeAll
  static void write() throws IOException {
    Files.writeString(folder.resolve("shapes.json"), SHAPES, StandardCharsets.UTF_8);
    Files.writeString(
        folder.resolve("config.yaml"),
        "model: shapes.json\nseed: 5\ninit: {rules: [{match: head.weight, scheme: glorot_uniform}, {match: '*', scheme: {normal: {std: 1}}}]}\n"
            + "output: {shard-bytes: 128KiB}\n",
        StandardCharsets.UTF_8);
    out = folder.resolve("out");
    recipe = folder.resolve("recipe.json");
    Cli.run("init", config(), "--out", out.toString()).isDone();
    Cli.run("plan", config(), "--json", recipe.toString()).isDone();
  }

  private static String config() {
    return folder.resolve("config.yaml").toString();
  }

  @Test
  void sliceNeedsNoCheckpoint() throws IOException {
    String[] rows = {"body.weight", "--rows", "62:64"};
    String drawn = slice(recipe, rows);
    assertThat(drawn).isEqualTo(slice(out, rows)).hasLineCount(2);
    assertThat(drawn).isEqualTo(slice(out.resolve("manifest.json"), rows));
    assertThat(drawn.lines().findFirst().orElseThrow().split(" ")).hasSize(4000);
    assertThat(slice(recipe, "head.bias", "--rows", ":3")).hasLineCount(3);

    Path npy = folder.resolve("rows.npy");
    Path raw = folder.resolve("rows.raw");
    Cli.run("slice", recipe.toString(), "head.weight", "--out", raw.toString()).isDone();
    Cli.run("slice", out.toString(), "head.weight", "--out", npy.toString()).isDone();
    byte[] values = Files.readAllBytes(raw);
    byte[] array = Files.readAllBytes(npy);
    assertThat(values).hasSize(640 * Float.BYTES);
    assertThat(array.length % 64).isZero();
    assertThat(Arrays.copyOfRange(array, array.length - values.length, array.length))
        .isEqualTo(values);
    assertThat(new String(array, 10, 70, StandardCharsets.US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (10, 64), }");
    float first = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).getFloat();
    assertThat(slice(out, "head.weight", "--rows", "0:1")).startsWith(Float.toString(first) + " ");
  }

  private static String slice(Path source, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "slice";
    all[1] = source.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Cli.run(all).isDone().out();
  }

  @Test
  void sliceSaysWhatItCannotTake() {
    Cli.run("slice", out.toString(), "head.wait")
        .isRefused(2, "Cannot slice: unknown tensor 'head.wait', did you mean 'head.weight'?");
    Cli.run("slice", out.toString(), "head.bias", "--rows", "4:11")
        .isRefused(
            2,
            "Cannot take rows 4:11 of tensor 'head.bias': they are not within its 10 rows (shape [10])");
    Cli.run("slice", out.toString(), "head.bias", "--rows", "4")
        .isRefused(2, "Cannot take rows '4': they are no range (expected for example 0:16)");
    Path nowhere = folder.resolve("nowhere");
    Cli.run("slice", nowhere.toString(), "head.bias")
        .isRefused(3, "Cannot read '%s': there is no such file or folder".formatted(nowhere));
  }

  @Test
  void float64IsDrawnAsSuchAndVerified() throws IOException, SQLException {
    Path wide = folder.resolve("wide");
    Cli.run("materialise", recipe.toString(), "--dtype", "f64", "--out", wide.toString()).isDone();
    Cli.run("verify", wide.toString()).isDone();
    String files = " from '" + wide + "/data/*/*.parquet')";
    String values = "(select tensor, unnest(\"values\") v" + files;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select typeof(any_value(v)), avg((v <> v::float)::int), stddev_pop(v), count(*) from "
                    + values
                    + " where tensor = 'body.weight'")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("DOUBLE");
      // One float64 in 2^29 is a float32 too; widened float32 draws would give a share of 0.
      assertThat(row.getDouble(2)).isGreaterThan(0.999);
      // Five standard errors of 256,000 normals: 5 / sqrt(2 * 256,000).
      assertThat(row.getDouble(3)).isCloseTo(1, within(0.007));
      assertThat(row.getLong(4)).isEqualTo(256_000);
    }
    double narrow = Double.parseDouble(slice(out, "head.bias", "--rows", "0:1").strip());
    double precise = Double.parseDouble(slice(wide, "head.bias", "--rows", "0:1").strip());
    assertThat(precise).isNotEqualTo(narrow).isCloseTo(narrow, within(1e-6));
  }

  @Test
  void materialisesARecipeAndPartsOfIt() throws IOException {
    Path again = folder.resolve("again");
    Cli.run("materialise", recipe.toString(), "--out", again.toString()).isDone();
    assertThat(Cli.digest(again.toString())).isEqualTo(Cli.digest(out.toString()));
    Path part = folder.resolve("part");
    Cli.run(
            "materialize",
            out.toString(),
            "--only",
            "head.*",
            "--dtype",
            "bf16",
            "--out",
            part.toString())
        .isDone();
    assertThat(new Checkpoint(part).manifest().tensors())
        .extracting(tensor -> tensor.name() + " " + tensor.dtype().label())
        .containsExactly("head.bias bf16", "head.weight bf16");
    Cli.Result diff = Cli.run("diff", out.toString(), part.toString());
    assertThat(diff.code()).isEqualTo(4);
    assertThat(diff.out()).contains("Tensor 'body.weight' is only in " + out);
    assertThat(diff.out()).containsPattern("head\\.weight +\\[10, 64] +\\d+ of 640 ");
    assertThat(Cli.run("diff", out.toString(), again.toString()).isDone().out())
        .isEqualTo("3 tensors are equal, 0 differ%n".formatted());
    Cli.run("materialise", recipe.toString(), "--only", "tail.*", "--out", part.toString())
        .isRefused(
            2,
            "Cannot materialise the recipe: none of its 3 tensors has a name that matches --only tail.* (the first is 'head.bias')");
  }

  /** {@link PeersTest} reads such files with the real library. */
  @Test
  void exportsSafetensorsInShards() throws IOException {
    Path target = folder.resolve("hf");
    Cli.run(
            "export",
            out.toString(),
            "--format",
            "safetensors",
            "--shard-bytes",
            "4KiB",
            "--out",
            target.toString())
        .isDone();
    assertThat(Checkpoint.files(target))
        .containsExactly(
            "",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
    JsonNode index =
        new ObjectMapper().readTree(target.resolve("model.safetensors.index.json").toFile());
    assertThat(index.at("/metadata/total_size").asLong()).isEqualTo(256_650L * Float.BYTES);
    byte[] first = Files.readAllBytes(target.resolve("model-00001-of-00002.safetensors"));
    int head = (int) ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonNode heads = new ObjectMapper().readTree(first, 8, head);
    for (String name : List.of("head.bias", "head.weight")) {
      assertThat(index.at("/weight_map").get(name).asText())
          .isEqualTo("model-00001-of-00002.safetensors");
      int start = 8 + head + heads.get(name).get("data_offsets").get(0).asInt();
      int end = 8 + head + heads.get(name).get("data_offsets").get(1).asInt();
      ByteBuffer values = new Checkpoint(out).values(name);
      byte[] expected = new byte[values.remaining()];
      values.get(expected);
      assertThat(Arrays.copyOfRange(first, start, end)).isEqualTo(expected);
    }
    Cli.run("export", out.toString(), "--format", "npy", "--out", target.toString())
        .isRefused(
            2,
            "Cannot export to '%s': it is not empty; choose a new or empty folder"
                .formatted(target));
    Path arrays = folder.resolve("arrays");
    Cli.run("export", out.toString(), "--format", "npy", "--out", arrays.toString()).isDone();
    assertThat(Checkpoint.files(arrays))
        .containsExactly("", "body.weight.npy", "head.bias.npy", "head.weight.npy");
  }

  @Test
  void inspectSortsAndDraws() {
    List<String> lines =
        Cli.run("inspect", out.toString(), "--sort", "elements", "--histogram").isDone().lines();
    assertThat(lines.get(0)).endsWith("histogram");
    assertThat(lines.subList(2, 5))
        .extracting(line -> line.split(" ")[0])
        .containsExactly("body.weight", "head.weight", "head.bias");
    assertThat(lines.get(2)).containsPattern("▁.*█.*▁");
  }

  @Test
  void verifyFindsAllDamagesAndRepairsThem() throws IOException {
    Path copy = folder.resolve("copy");
    Cli.run("init", config(), "--out", copy.toString()).isDone();
    List<ManifestShard> shards = new Checkpoint(copy).manifest().shards();
    assertThat(shards).hasSizeGreaterThan(4);
    byte[] first = Files.readAllBytes(copy.resolve(shards.get(0).path()));
    Files.write(copy.resolve(shards.get(0).path()), Arrays.copyOf(first, first.length - 9));
    Files.delete(copy.resolve(shards.get(1).path()));
    Files.copy(
        copy.resolve(shards.get(3).path()),
        copy.resolve(shards.get(2).path()),
        StandardCopyOption.REPLACE_EXISTING);
    byte[] last = Files.readAllBytes(copy.resolve(shards.get(4).path()));
    last[last.length / 2] ^= 64;
    Files.write(copy.resolve(shards.get(4).path()), last);

    Cli.Result found = Cli.run("verify", copy.toString());
    assertThat(found.code()).isEqualTo(4);
    assertThat(found.err())
        .contains("part-00000.parquet': length differs")
        .contains("part-00001.parquet': file is missing")
        .contains("part-00002.parquet': file is that of another shard")
        .contains("part-00004.parquet': tensor 'body.weight' differs from its recipe first at flat")
        .doesNotContain("part-00003")
        .doesNotContain("\tat ");

    Cli.Result repaired = Cli.run("verify", copy.toString(), "--repair").isDone();
    assertThat(repaired.err()).contains("Wrote 4 of %d shards again".formatted(shards.size()));
    assertThat(repaired.out()).containsPattern("iB in \\d+\\.\\d s\\R");
    new Checkpoint(copy).hasNoOtherFiles();
    assertThat(Files.readAllBytes(copy.resolve(shards.get(0).path()))).isEqualTo(first);
  }

  @Test
  void verifyRefusesAnotherFormatVersion() throws IOException {
    Path copy = folder.resolve("version");
    Files.createDirectories(copy);
    String manifest = Files.readString(out.resolve("manifest.json"));
    Files.writeString(
        copy.resolve("manifest.json"),
        sealed(manifest.replaceFirst("\"format-version\" : 1", "\"format-version\" : 7")));
    Cli.run("verify", copy.toString())
        .isRefused(
            4,
            "Cannot read manifest '%s/manifest.json': this build does not know its format version (expected 1, found 7)"
                .formatted(copy));
  }

  private static String sealed(String manifest) {
    int end = manifest.length() - "\"\n}\n".length();
    String head = manifest.substring(0, end - 64);
    String tail = manifest.substring(end);
    String blank = head + "0".repeat(64) + tail;
    return head + Sha256.hex(blank.getBytes(StandardCharsets.UTF_8)) + tail;
  }
}
