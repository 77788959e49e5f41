package dev.kindling.reader.roles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Model;
import dev.kindling.reader.GraphBuilder;
import dev.kindling.reader.graph.NewAttribute;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecurrentUsesTest {
  @Test
  void recurrentOperatorsSayTheirGates() {
    Model model =
        new GraphBuilder()
            .input("x", 5, -1, 20)
            .weight("w", 2, 48, 20)
            .weight("r", 2, 48, 12)
            .weight("b", 2, 96)
            .weight("rw", 1, 12, 24)
            .weight("rr", 1, 12, 12)
            .node("LSTM", "x w r b", "y", NewAttribute.integer("hidden_size", 12))
            .node(
                NodeProto.newBuilder()
                    .setOpType("RNN")
                    .setName("z")
                    .addAllInput(List.of("y", "rw", "rr"))
                    .addOutput("z")
                    .addAttribute(NewAttribute.integer("hidden_size", 12))
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("activations")
                            .setType(AttributeProto.AttributeType.STRINGS)
                            .addStrings(ByteString.copyFromUtf8("Relu")))
                    .build())
            .output("z")
            .read();

    assertThat(model.tensors())
        .extracting(
            tensor -> tensor.role().label() + " " + FusedPart.names(tensor.fused()),
            tensor -> tensor.fused().size(),
            tensor -> tensor.activation().label())
        .containsExactly(
            tuple("recurrent-input i, o, f, c", 4, "none"),
            tuple("recurrent-hidden i, o, f, c", 4, "none"),
            tuple("recurrent-bias i, o, f, c", 8, "none"),
            tuple("recurrent-input h", 1, "relu"),
            tuple("recurrent-hidden h", 1, "relu"));
  }
}
