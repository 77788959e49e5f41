package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kindling.base.InputException;
import dev.kindling.model.Shape;
import dev.kindling.recipe.RecipeEntry;
import java.util.Map;

/** The bias of a stage's layer as it is added to z: one value per channel, or one for all. */
final class StageBias {
  private StageBias() {}

  /** Returns it, Gemm's beta counted; no value if the layer has no bias. */
  static float[] of(Stage stage, FedTensors fed, Map<String, RecipeEntry> entries)
      throws OrtException {
    if (stage.bias().isEmpty()) {
      return new float[0];
    }
    Stage.Bias added = stage.bias().get();
    float[] values =
        added.isPlain() ? plain(stage, added, fed, entries) : computed(stage, added, fed, entries);
    for (int i = 0; i < values.length; i++) {
      values[i] *= added.factor();
    }
    return values;
  }

  /**
   * Requires as many values as there are channels.
   *
   * @throws InputException otherwise
   */
  static void check(Stage stage, float[] bias, long channels) {
    if (bias.length > 1 && bias.length != channels) {
      throw wrong(stage, "expected %d values, found %d".formatted(channels, bias.length));
    }
  }

  private static float[] plain(
      Stage stage, Stage.Bias added, FedTensors fed, Map<String, RecipeEntry> entries) {
    RecipeEntry entry = entries.get(added.tensor());
    return checked(stage, entry.shape(), fed.values(entry));
  }

  private static float[] computed(
      Stage stage, Stage.Bias added, FedTensors fed, Map<String, RecipeEntry> entries)
      throws OrtException {
    try (NativeTensors owner = new NativeTensors();
        OrtSession once = OnnxRuntime.open(added.onnx(), Map.of());
        OrtSession.Result result = once.run(fed.generate(added.tensors(), entries, owner))) {
      OnnxTensor tensor = (OnnxTensor) result.get(0);
      Shape shape = Shape.of(tensor.getInfo().getShape());
      return checked(stage, shape, tensor.getFloatBuffer().array());
    }
  }

  private static float[] checked(Stage stage, Shape shape, float[] values) {
    if (shape.rank() > 0 && shape.dim(shape.rank() - 1) != values.length) {
      throw wrong(stage, "expected one value per channel, found shape " + shape);
    }
    return values;
  }

  private static InputException wrong(Stage stage, String expectedAndFound) {
    return new InputException(
        "Cannot add bias '%s' of layer '%s': its shape does not fit (%s)"
            .formatted(
                stage.bias().map(Stage.Bias::tensor).orElse(""),
                stage.layer().name(),
                expectedAndFound));
  }
}
