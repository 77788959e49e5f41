package dev.kindling.reader.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelFiles;
import dev.kindling.reader.ModelReader;
import dev.kindling.reader.file.ModelFolder;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsReaderTest {
  private static final String TWO =
      "{'a.weight': {'dtype': 'F32', 'shape': [4, 5], 'data_offsets': [0, 80]},"
          + " '__metadata__': {'format': 'pt'},"
          + " 'a.bias': {'dtype': 'BF16', 'shape': [4], 'data_offsets': [80, 88]}}";

  @Test
  void headerOfAFileThatTheFormatsOwnLibraryWrote() {
    Model model = ModelFiles.read("answers/llama.safetensors");
    assertThat(ModelFiles.table(model))
        .contains("model.model.embed_tokens.weight [50, 16] embedding\n")
        .contains("model.model.layers.1.mlp.down_proj.weight [16, 24] dense OUT_IN 24/16 NONE\n")
        .contains("model.model.norm.weight [16] norm-scale\n");
  }

  @Test
  void typesAreTheFiles() {
    Model model = ModelReader.read(file(TWO, 88), "m.safetensors");
    assertThat(model.tensors())
        .extracting(tensor -> tensor.type().label())
        .containsExactly("f32", "bf16");
    assertThat(model.tensors()).extracting(Tensor::values).allSatisfy(v -> assertThat(v).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [0, 64]   | 88 | Cannot read tensor 'a.weight' in m.safetensors: range does not fit f32 [4, 5] (expected 80 bytes, found 64)
          [8, 88]   | 88 | Cannot read tensor 'a.weight' in m.safetensors: its data leave a gap behind those before it (expected offset 0, found 8)
          [4, 84]   | 88 | Cannot read tensor 'a.weight' in m.safetensors: its data leave a gap behind those before it (expected offset 0, found 4)
          [0, 80]   | 87 | Cannot read model 'm.safetensors': its length does not fit its header (expected 88 bytes of data, found 87)
          [-8, 72]  | 88 | Cannot read tensor 'a.weight' in m.safetensors: data_offsets has something else than integers that are not negative (found -8)
          [0]       | 88 | Cannot read tensor 'a.weight' in m.safetensors: data_offsets are no pair
          """)
  void offsetsAreChecked(String offsets, int dataBytes, String message) {
    byte[] file = file(TWO.replace("[0, 80]", offsets), dataBytes);
    assertThatThrownBy(() -> ModelReader.read(file, "m.safetensors"))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void overlapIsFound() {
    byte[] file = file(TWO.replace("[80, 88]", "[76, 84]"), 88);
    assertThatThrownBy(() -> ModelReader.read(file, "m.safetensors"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'a.bias'")
        .hasMessageContaining("overlap those before it (expected offset 80, found 76)");
  }

  @Test
  void filesThatAreNotWholeEndInOneLine() {
    byte[] file = file(TWO, 88);
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> ModelReader.read(cut, "m.safetensors"))
          .isInstanceOf(InputException.class)
          .message()
          .doesNotContain("\n");
    }
    byte[] huge = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 60).array();
    assertThatThrownBy(() -> ModelReader.read(huge, "m.safetensors"))
        .hasMessageContaining(
            "expected a header of 2 to 100000000 bytes, found 1152921504606846976");
  }

  @Test
  void shardsAreHeldAgainstTheIndex() {
    Map<String, byte[]> files =
        Map.of(
            "dir/a-1.safetensors",
                file(
                    "{'x.weight': {'dtype': 'F32', 'shape': [2, 3], 'data_offsets': [0, 24]}}", 24),
            "dir/a-2.safetensors",
                file("{'y.weight': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 12]}}", 12));
    assertThat(
            index(files, "{'x.weight': 'a-1.safetensors', 'y.weight': 'a-2.safetensors'}")
                .tensors())
        .extracting(Tensor::name)
        .containsExactly("x.weight", "y.weight");
    assertIndex(
        files,
        "{'x.weight': 'a-1.safetensors', 'z': 'a-2.safetensors'}",
        "Cannot read tensor 'z' in dir/m.safetensors.index.json: the index has it in a-2.safetensors, which does not hold it");
    assertIndex(
        files,
        "{'y.weight': 'a-2.safetensors', 'x.weight': '../a-1.safetensors'}",
        "Cannot read tensor 'x.weight' in dir/m.safetensors.index.json: its shard is no file beside the index (found '../a-1.safetensors')");
    assertIndex(
        files,
        "{'x.weight': 'a-3.safetensors'}",
        "Cannot read model 'dir/m.safetensors.index.json': dir/a-3.safetensors");
  }

  private static void assertIndex(Map<String, byte[]> files, String map, String message) {
    assertThatThrownBy(() -> index(files, map))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  private static Model index(Map<String, byte[]> files, String map) {
    byte[] index = json("{'metadata': {'total_size': 36}, 'weight_map': " + map + "}");
    return ModelReader.read(
        path -> {
          byte[] bytes = path.endsWith("index.json") ? index : files.get(path);
          if (bytes == null) {
            throw new FileNotFoundException(path);
          }
          return new ModelFolder.Opened(
              new ByteArrayInputStream(bytes), OptionalLong.of(bytes.length));
        },
        "dir/m.safetensors.index.json");
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] file(String header, int dataBytes) {
    byte[] json = json(header);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }
}
