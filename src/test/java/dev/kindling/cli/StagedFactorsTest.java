package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tall orthogonal matrices whose factors are stages of their own. Commands run in other JVMs, since
 * a JVM keeps factors that it has computed.
 */
class StagedFactorsTest {
  /** One has several tiles of rows, the other several blocks of columns. */
  private static final String SHAPES = "{\"a.weight\": [9000, 512], \"b.weight\": [2600, 2100]}";

  /** Pieces of both: of tiles, sums, diagonals, blocks of the factor. */
  private static final int PIECES = 3 + (1 + 3) + 2 + (1 + 5);

  @TempDir Path folder;
  private Path out;
  private Path config;

  @BeforeEach
  void writeConfiguration() throws IOException {
    out = folder.resolve("out");
    config = folder.resolve("config.yaml");
    Files.writeString(folder.resolve("shapes.json"), SHAPES);
    Files.writeString(
        config,
        "model: shapes.json\nseed: 5\ninit: {default: orthogonal}\noutput: {path: %s}\n"
            .formatted(out));
  }

  /**
   * Wherever it dies while pieces are written, the same command ends with the plain bits; what a
   * run of another recipe left goes too.
   */
  @Test
  void aKilledRunGoesOn() throws Exception {
    killWithPieces(1 + new SplittableRandom(29).nextInt(4), "--set", "seed=6");
    int standing = pieces(out).size();
    killWithPieces(standing + 2 + new SplittableRandom(31).nextInt(6));
    assertThat(pieces(out)).hasSizeBetween(standing + 2, standing + PIECES);
    assertThat(out.resolve("manifest.json")).doesNotExist();
    pieces(out).forEach(StagedFactorsTest::flip);

    ForkedCli.run(List.of(), "init", config.toString()).isDone();

    Checkpoint checkpoint = new Checkpoint(out);
    checkpoint.hasNoOtherFiles();
    assertThat(checkpoint.crc32()).isEqualTo(PlainValues.crc32(checkpoint.recipe()));
  }

  /** A checkpoint need not be writable to be verified. */
  @Test
  void verifySharesPiecesElsewhere() throws Exception {
    Cli.run("init", config.toString()).isDone();
    List<String> before = Checkpoint.files(out);
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    CompletableFuture<Cli.Result> verify =
        CompletableFuture.supplyAsync(
            () -> Cli.run("verify", out.toString(), "--scratch", scratch.toString()));
    assertThat(awaitPieces(scratch, 5, () -> !verify.isDone())).isTrue();
    assertThat(verify.get().isDone().out()).contains("equal the recipe bit for bit");
    assertThat(Checkpoint.files(scratch)).containsExactly("");
    assertThat(Checkpoint.files(out)).isEqualTo(before);

    Path file = Files.writeString(folder.resolve("file"), "");
    Cli.Result refused = Cli.run("verify", out.toString(), "--scratch", file.toString());
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("Cannot use '%s' for temporary files: ".formatted(file))
        .hasLineCount(1);
  }

  /** They are made before the first layer, and what is written at the end uses them again. */
  @Test
  void calibrationSharesPieces() throws Exception {
    Files.writeString(
        folder.resolve("mlp.yaml"),
        """
        name: mlp
        input: {name: image, shape: [1, 8, 8]}
        layers:
          - flatten
          - dense: {name: fc1, out: 1024}
          - relu
          - dense: {name: fc2, out: 2048}
          - relu
          - dense: {name: fc3, out: 10}
        """);
    String quickstart = Files.readString(Path.of("conf/quickstart.yaml"));
    Path data = Path.of("conf/data/digits.csv").toAbsolutePath();
    Path lsuv = folder.resolve("lsuv.yaml");
    Files.writeString(
        lsuv,
        quickstart
            .replace("models/digits-cnn.yaml", "mlp.yaml")
            .replace("data/digits.csv", data.toString()));
    CompletableFuture<Cli.Result> run =
        CompletableFuture.supplyAsync(
            () -> Cli.run("lsuv", lsuv.toString(), "--out", out.toString()));
    assertThat(awaitPieces(out.resolve("_run"), 4, () -> !run.isDone())).isTrue();
    assertThat(out.resolve("data")).doesNotExist();
    run.get().isDone();
    Checkpoint checkpoint = new Checkpoint(out);
    checkpoint.hasNoOtherFiles();
    assertThat(checkpoint.crc32()).isEqualTo(PlainValues.crc32(checkpoint.recipe()));
  }

  @Test
  void sliceDrawsTheSameRows() throws Exception {
    Path recipe = folder.resolve("recipe.json");
    Cli.run("plan", config.toString(), "--json", recipe.toString()).isDone();
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Path raw = folder.resolve("rows.raw");
    ForkedCli.run(
            List.of("-Djava.io.tmpdir=" + temporary),
            "slice",
            recipe.toString(),
            "a.weight",
            "--rows",
            "8700:8800",
            "--out",
            raw.toString())
        .isDone();
    assertThat(Checkpoint.files(temporary)).noneMatch(name -> name.startsWith("kindling-"));
    Recipe parsed = RecipeJson.parse(Files.readString(recipe), "recipe");
    ByteBuffer expected = ByteBuffer.allocate(100 * 512 * Float.BYTES);
    PlainValues.tensors(parsed)
        .read("a.weight", 8700 * 512, 8800 * 512, (start, part) -> expected.put(part));
    assertThat(Files.readAllBytes(raw)).isEqualTo(expected.array());
  }

  /** Runs init and kills it as soon as there are so many pieces, whole or not. */
  private void killWithPieces(int least, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("init", config.toString()));
    arguments.addAll(List.of(options));
    Process process = ForkedCli.start(List.of(), arguments.toArray(String[]::new));
    try {
      assertThat(awaitPieces(out, least, process::isAlive))
          .as("the command ended before it could be killed")
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    process.onExit().join();
  }

  private static boolean awaitPieces(Path folder, int least, BooleanSupplier isRunning)
      throws InterruptedException {
    while (isRunning.getAsBoolean()) {
      if (pieces(folder).size() >= least) {
        return true;
      }
      Thread.sleep(1);
    }
    return false;
  }

  private static List<Path> pieces(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(".*-(tile|gram|heads|factor)\\b.*"))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      // A file went while the folder was walked over: look again.
      return List.of();
    }
  }

  private static void flip(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length > 0) {
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
