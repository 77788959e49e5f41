package dev.kindling.reader.roles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.GraphBuilder;
import dev.kindling.reader.ModelReader;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What multiplies activations: a trained factor or a constant. */
class FactorsTest {
  /**
   * Attention scores are multiplied with it; a factor of the same name at a branch's end is
   * trained.
   */
  @Test
  void aBufferCalledScaleIsKept() {
    Model model =
        ModelReader.read(
            new GraphBuilder()
                .input("x", -1, 4)
                .weight("fc.weight", 4, 4)
                .weight("attn.scale", 1)
                .weight("branch.scale", 1)
                .node("Mul", "x attn.scale", "s")
                .node("MatMul", "s fc.weight", "m")
                .node("Mul", "m branch.scale", "b")
                .node("Add", "x b", "y")
                .output("y")
                .proto()
                .toByteArray(),
            "m.onnx");
    Map<String, Role> roles =
        model.tensors().stream().collect(Collectors.toMap(Tensor::name, Tensor::role));
    assertThat(roles)
        .containsEntry("attn.scale", Role.CONSTANT)
        .containsEntry("branch.scale", Role.RESIDUAL_SCALE);
  }
}
