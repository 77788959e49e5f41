package dev.kindling.cli;

import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.preset.Mup;
import dev.kindling.preset.Preset;
import dev.kindling.reader.ModelReader;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the model of base width that the preset mup names. */
final class MupBase {
  private MupBase() {}

  /** Returns a configuration whose preset knows the shapes of its base model. */
  static Configuration read(
      Configuration configuration, org.apache.hadoop.conf.Configuration hadoop) {
    List<Preset> presets =
        configuration.init().presets().stream()
            .map(
                preset ->
                    preset instanceof Mup mup
                        ? mup.on(shapes(Inputs.resolve(configuration.source(), mup.path()), hadoop))
                        : preset)
            .toList();
    return configuration.withInit(configuration.init().withPresets(presets));
  }

  private static Map<String, Shape> shapes(
      String path, org.apache.hadoop.conf.Configuration hadoop) {
    Model base = ModelReader.read(Inputs.read("base model", path, hadoop), path);
    return base.tensors().stream().collect(Collectors.toMap(Tensor::name, Tensor::shape));
  }
}
