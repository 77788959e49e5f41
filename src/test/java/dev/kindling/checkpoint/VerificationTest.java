package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.Sha256;
import dev.kindling.base.VerificationException;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  @TempDir Path folder;
  private CheckpointFiles files;
  private Manifest manifest;

  @BeforeEach
  void write() throws IOException {
    manifest = Sample.write(folder, Sample.LAYOUT);
    files = Sample.files(folder);
  }

  @Test
  void findsNothingWrongWithWhatWasWritten() {
    assertThat(problems(VerifyMode.VALUES)).isEmpty();
    assertThat(problems(VerifyMode.BYTES)).isEmpty();
  }

  @Test
  void findsAndNamesEveryFlippedBitOfAShard() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    for (int flip = 0; flip < 160; flip++) {
      ManifestShard shard = manifest.shards().get(random.nextInt(manifest.shards().size()));
      Path file = folder.resolve(shard.path());
      byte[] bytes = Files.readAllBytes(file);
      byte[] damaged = bytes.clone();
      // Half of them near the end, where indexes and the footer are.
      int from = flip % 2 == 0 ? 0 : Math.max(0, bytes.length - 3000);
      int position = random.nextInt(from, bytes.length);
      damaged[position] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      List<String> problems = problems(VerifyMode.VALUES);
      assertThat(problems).as("byte %d of %s", position, shard.path()).isNotEmpty();
      assertThat(problems).allMatch(text -> text.contains(file.getFileName().toString()));
      assertThat(problems).allMatch(text -> text.lines().count() == 1);
      Files.write(file, bytes);
    }
  }

  @Test
  void findsEveryFlippedBitOfTheManifest() throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    Path file = folder.resolve("manifest.json");
    byte[] bytes = Files.readAllBytes(file);
    for (int flip = 0; flip < 40; flip++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertThatThrownBy(() -> ManifestFile.load(files))
          .isInstanceOf(VerificationException.class)
          .hasMessageStartingWith("Cannot read manifest '%s/manifest.json': ".formatted(folder));
    }
  }

  @Test
  void findsAFileThatIsCutOffAnywhere() throws IOException {
    Path file = folder.resolve(manifest.shards().get(0).path());
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length += 1 + bytes.length / 50) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(problems(VerifyMode.VALUES)).anyMatch(text -> text.contains("length differs"));
    }
  }

  @Test
  void namesMissingSwappedAndExtraFiles() throws IOException {
    Path first = folder.resolve(manifest.shards().get(0).path());
    Path second = folder.resolve(manifest.shards().get(1).path());
    Path third = folder.resolve(manifest.shards().get(2).path());
    Files.move(first, folder.resolve("aside"));
    Files.move(second, first);
    Files.move(folder.resolve("aside"), second);
    Files.delete(third);
    Files.createDirectories(folder.resolve("data/other"));
    Files.writeString(folder.resolve("data/other/part-00000.parquet"), "");
    assertThat(problems(VerifyMode.BYTES))
        .anyMatch(
            text ->
                text.contains("part-00000.parquet': file is that of another shard")
                    && text.contains("number 0, found"))
        .anyMatch(text -> text.contains("part-00002.parquet': file is missing"))
        .anyMatch(text -> text.contains("'other/part-00000.parquet' is not in its manifest"));
  }

  @Test
  void namesTheFirstValueThatTheRecipeDoesNotGive() {
    TensorValues other =
        (entry, start, target, offset, length) -> {
          Sample.VALUES.fill(entry, start, target, offset, length);
          if (entry.tensor().equals("wide") && start <= 20_000 && 20_000 < start + length) {
            target[offset + (int) (20_000 - start)] = -0.0f;
          }
        };
    List<String> problems = problems(VerifyMode.VALUES, other);
    float found = Sample.values("wide")[20_000];
    assertThat(problems)
        .singleElement()
        .asString()
        .contains(
            "tensor 'wide' differs from its recipe first at flat index 20000 (expected -0.0 = 0x80000000, found "
                + found);
    assertThat(problems(VerifyMode.BYTES, other)).isEmpty();
  }

  @Test
  void findsAManifestThatWasMadeToFitItsChecksum() {
    ManifestTensor tensor = manifest.tensors().get(0);
    ManifestTensor edited =
        new ManifestTensor(
            tensor.name(),
            tensor.dtype(),
            tensor.shape(),
            tensor.rowLength(),
            tensor.role(),
            tensor.schemes(),
            new TensorDigest(1, 2),
            tensor.mean(),
            tensor.std(),
            tensor.min(),
            tensor.max());
    List<ManifestTensor> tensors = new ArrayList<>(manifest.tensors());
    tensors.set(0, edited);
    Manifest forged =
        new Manifest(
            manifest.formatVersion(),
            manifest.writerVersion(),
            manifest.id(),
            manifest.runId(),
            manifest.layout(),
            manifest.digest(),
            tensors,
            manifest.shards(),
            "{\"seed\":1}",
            manifest.calibrationJson());
    assertThat(ManifestVerifier.verify(files, forged, Sample.RECIPE))
        .anyMatch(text -> text.contains("id is not that of its recipe and layout"))
        .anyMatch(text -> text.contains("digest of tensor 'conv.weight' is not that of its ranges"))
        .anyMatch(text -> text.contains("digest is not that of its tensors"));
  }

  @Test
  void saysWhatIsNoManifest() throws IOException {
    for (String text : List.of("", "{}", "[1, 2]", "junk", sealed("{}"), sealed("{\"id\":3}"))) {
      Files.writeString(folder.resolve("manifest.json"), text, StandardCharsets.UTF_8);
      assertThatThrownBy(() -> ManifestFile.load(files))
          .isInstanceOf(VerificationException.class)
          .hasMessageStartingWith("Cannot read manifest '%s/manifest.json': ".formatted(folder));
    }
    Files.delete(folder.resolve("manifest.json"));
    assertThatThrownBy(() -> ManifestFile.load(files))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("it has no manifest.json, it was not finished or is none");
  }

  /** Returns an object with a right checksum and nothing else that is right. */
  private static String sealed(String object) {
    String head = object.equals("{}") ? "{" : object.replace("}", ",");
    String blank = head + "\"checksum\" : \"" + "0".repeat(64) + "\"\n}\n";
    return blank.replace("0".repeat(64), Sha256.hex(blank.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> problems(VerifyMode mode) {
    return problems(mode, Sample.VALUES);
  }

  private List<String> problems(VerifyMode mode, TensorValues values) {
    Stream<String> ofShards =
        manifest.shards().stream()
            .map(
                shard ->
                    new ShardVerifier(
                        files,
                        manifest.id(),
                        manifest.layout(),
                        shard,
                        Sample.RECIPE.entries(),
                        values,
                        mode))
            .flatMap(verifier -> verifier.verify().problems().stream());
    Stream<String> ofManifest = ManifestVerifier.verify(files, manifest, Sample.RECIPE).stream();
    return Stream.concat(ofShards, ofManifest).toList();
  }
}
