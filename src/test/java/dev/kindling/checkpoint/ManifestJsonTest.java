package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.base.Sha256;
import dev.kindling.base.VerificationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** Anybody can give a manifest the right checksum. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"run-id\" : \"[^\"]*\" | \"run-id\" : \"../../other\" | run-id is not 16 hexadecimal digits (found \"../../other\")",
        "\"id\" : \"[^\"]*\" | \"id\" : \"..\" | id is not 16 hexadecimal digits (found \"..\")",
        "\"path\" : \"[^\"]*\" | \"path\" : \"../../../etc/passwd\" | shards[0].path is not 'data/"
      })
  void leadsNowhereElse(String key, String replacement, String problem) throws IOException {
    Sample.write(folder, Sample.LAYOUT);
    String text = Files.readString(folder.resolve("manifest.json")).replaceFirst(key, replacement);
    String sum = new ObjectMapper().readTree(text).get("checksum").asText();
    String blank = text.replace(sum, "0".repeat(64));
    String sealed = text.replace(sum, Sha256.hex(blank.getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> ManifestJson.parse(sealed.getBytes(StandardCharsets.UTF_8), "m"))
        .isInstanceOf(VerificationException.class)
        .hasMessageStartingWith("Cannot read manifest 'm': " + problem);
  }

  @Test
  void isTheSameForTheSameCheckpoint() throws IOException {
    Sample.write(folder.resolve("a"), Sample.LAYOUT);
    Sample.write(folder.resolve("b"), Sample.LAYOUT);
    assertThat(folder.resolve("a/manifest.json"))
        .hasSameTextualContentAs(folder.resolve("b/manifest.json"));
  }
}
