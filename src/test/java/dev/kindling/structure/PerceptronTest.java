package dev.kindling.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.reader.ModelReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PerceptronTest {
  @Test
  void theShippedOneIsOne() throws IOException {
    assertThat(Perceptron.layers(shipped("perceptron.yaml")))
        .extracting(Layer::name)
        .containsExactly("fc1", "fc2", "head");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dense: {name: a, out: 4}",
        "dense: {name: a, out: 4}, softmax",
        "dense: {name: a, out: 4}, dropout: 0.1, sigmoid, dense: {name: b, out: 3}",
      })
  void softmaxMayBeLeftToTheLoss(String layers) {
    assertThat(Perceptron.layers(model(layers))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dense: {name: a, out: 4}, relu, dense: {name: b, out: 3} | layer 'a' is followed by Relu and not by a sigmoid",
        "dense: {name: a, out: 4}, dense: {name: b, out: 3} | layer 'a' is followed by Gemm and not by a sigmoid",
        "dense: {name: a, out: 4}, sigmoid, dense: {name: b, out: 3}, sigmoid | layer 'b' is followed by Sigmoid and not by a softmax",
        "dense: {name: a, out: 4, bias: false}, sigmoid, dense: {name: b, out: 3} | layer 'a' has no bias",
        "tanh, dense: {name: a, out: 4} | Tanh stands before its first layer",
        "dense: {name: a, out: 4}, softmax, relu | Relu follows its softmax",
        "residual: {name: r, branch: [dense: {name: a, out: 6}, sigmoid, dense: {name: b, out: 6}]} | layer 'b' is followed by Add and not by a softmax",
      })
  void whatDiffersIsNamed(String layers, String reason) {
    assertThatThrownBy(() -> Perceptron.layers(model(layers)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(reason);
  }

  @Test
  void otherShippedModelsAreNone() {
    assertThatThrownBy(() -> Perceptron.layers(shipped("mlp.yaml")))
        .hasMessage("layer 'fc1' is followed by Relu and not by a sigmoid");
    assertThatThrownBy(() -> Perceptron.layers(shipped("digits-cnn.yaml")))
        .hasMessage("layer 'conv1' is a Conv and not dense");
  }

  private static Model model(String layers) {
    String text = "input: {shape: [6]}\nlayers: [%s]\n".formatted(layers);
    return ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml");
  }

  private static Model shipped(String name) throws IOException {
    return ModelReader.read(Files.readAllBytes(Path.of("conf/models", name)), name);
  }
}
