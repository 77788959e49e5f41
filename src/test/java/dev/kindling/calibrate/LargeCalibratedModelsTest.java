package dev.kindling.calibrate;

import static dev.kindling.calibrate.ShownModels.areCalibrated;

import dev.kindling.forward.TensorValue;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.ModelFiles;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Well-known models as PyTorch exported them, in their own size. */
@Tag("large")
class LargeCalibratedModelsTest {
  @Test
  void resNet50() {
    areCalibrated(exported("resnet50-old", 8, 1, LargeCalibratedModelsTest::images));
  }

  @Test
  void vgg11() {
    areCalibrated(exported("vgg11-old", 8, 1, LargeCalibratedModelsTest::images));
  }

  @Test
  void visionTransformer() {
    areCalibrated(exported("timm_vit_tiny-old", 8, 1, LargeCalibratedModelsTest::images));
  }

  /** Its head is the embedding, which is read before. */
  @Test
  void gpt2() {
    areCalibrated(
        exported(
            "gpt2-dynamo", 32, 4, (first, count) -> ShownModels.tokens(16, 50_257, first, count)),
        "model.lm_head");
  }

  private static TensorValue images(int first, int count) {
    return ShownModels.images(Shape.of(3, 224, 224), first, count);
  }

  private static CalibratedModel exported(
      String name, int batch, int microBatch, BiFunction<Integer, Integer, TensorValue> rows) {
    Model model = ModelFiles.read("zoo/" + name + ".onnx.gz");
    return new CalibratedModel(
        model,
        List.of(),
        new LsuvSettings(batch, microBatch, 1),
        (first, count) -> Map.of("input", rows.apply(first, count)));
  }
}
