package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Recipe;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a layer multiplies its weight with, and how.
 *
 * @param stage the graph up to there; its frontier is that tensor alone
 * @param groups groups of channels of a convolution, otherwise 1
 * @param dilations distances of the taps of a convolution's kernel, none where all are 1
 */
public record LayerInput(Stage stage, int groups, List<Integer> dilations) implements Serializable {
  public LayerInput {
    dilations = List.copyOf(dilations);
  }

  /**
   * Cuts a model's graph before a layer.
   *
   * @param model a model with a graph
   * @param recipe its tensors; those that it draws are fed
   * @param sampleShapes for each data input the shape of one sample
   * @throws InputException if the graph cannot be run on such data, or the layer is one whose input
   *     cannot be cut into patches
   */
  public static LayerInput of(
      Model model, Recipe recipe, Layer layer, Map<String, Shape> sampleShapes) {
    return new StagePlanner(model, recipe, sampleShapes, Measure.OUTPUT, StagePlanner.SLICE_BYTES)
        .input(layer);
  }

  static LayerInput of(Layer layer, NodeProto node, StageModels.Part part, String output) {
    boolean turned =
        Operators.is(node, "Gemm")
            && Operators.attribute(node, "transA").map(AttributeProto::getI).orElse(0L) != 0;
    if (turned || Operators.is(node, "ConvTranspose")) {
      throw new InputException(
          "Cannot start layer '%s' from data: its input cannot be cut into patches (expected a convolution or a dense layer, found %s)"
              .formatted(layer.name(), turned ? "Gemm with transA" : node.getOpType()));
    }
    Stage stage =
        new Stage(
            0,
            layer,
            part.onnx(),
            part.live(),
            part.fed(),
            Optional.empty(),
            output,
            ChannelAxis.LAST,
            List.of(output),
            Optional.empty());
    return new LayerInput(
        stage,
        Operators.attribute(node, "group").map(a -> (int) a.getI()).orElse(1),
        Operators.attribute(node, "dilations")
            .map(a -> a.getIntsList().stream().map(Math::toIntExact).toList())
            .orElse(List.of()));
  }
}
