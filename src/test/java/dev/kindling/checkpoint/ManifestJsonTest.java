package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.base.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestJsonTest {
  @TempDir Path folder;

  @Test
  void roundTrips() throws IOException {
    Manifest plain = Sample.write(folder, Sample.LAYOUT);
    Manifest manifest =
        new Manifest(
            plain.formatVersion(),
            plain.writerVersion(),
            plain.id(),
            plain.runId(),
            plain.layout(),
            plain.digest(),
            plain.tensors(),
            plain.shards(),
            "{\"scale\":2.0E-3,\"seed\":9007199254740993}",
            Optional.of("{\"layers\":[1.5,0.1]}"));
    String json = ManifestJson.toJson(manifest);
    Manifest read = ManifestJson.parse(json.getBytes(StandardCharsets.UTF_8), "m");
    assertThat(ManifestJson.toJson(read)).isEqualTo(json);
    assertThat(read.recipeJson()).isEqualTo("{\"scale\":0.002,\"seed\":9007199254740993}");
    assertThat(read.calibrationJson()).contains("{\"layers\":[1.5,0.1]}");
    assertThat(read.tensors()).isEqualTo(manifest.tensors());
    assertThat(read.shards()).isEqualTo(manifest.shards());
  }

  @Test
  void keepsItsKeysInOrderAndEndsWithItsChecksum() throws IOException {
    Sample.write(folder, Sample.LAYOUT);
    String text = Files.readString(folder.resolve("manifest.json"));
    JsonNode root = new ObjectMapper().readTree(text);
    assertThat(root.fieldNames())
        .toIterable()
        .containsExactly(
            "format-version",
            "writer",
            "id",
            "run-id",
            "dtype",
            "layout",
            "digest",
            "tensors",
            "shards",
            "recipe",
            "calibration",
            "checksum");
    String sum = root.get("checksum").asText();
    assertThat(text).endsWith("\"checksum\" : \"" + sum + "\"\n}\n");
    assertThat(Sha256.hex(text.replace(sum, "0".repeat(64)).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(sum);
  }

  @Test
  void isTheSameForTheSameCheckpoint() throws IOException {
    Sample.write(folder.resolve("a"), Sample.LAYOUT);
    Sample.write(folder.resolve("b"), Sample.LAYOUT);
    assertThat(folder.resolve("a/manifest.json"))
        .hasSameTextualContentAs(folder.resolve("b/manifest.json"));
  }
}
