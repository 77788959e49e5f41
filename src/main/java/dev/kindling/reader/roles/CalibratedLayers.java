package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Layer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Collects the layers of a graph in execution order and names each after the module that it is. */
final class CalibratedLayers {
  private static final Pattern WEIGHT_SUFFIX = Pattern.compile("(?<=.)([./_]weight|\\.kernel)$");
  private static final Pattern BIAS_SUFFIX = Pattern.compile("(?<=.)\\.bias$");
  private static final Pattern MADE_UP = Pattern.compile("val_\\d+|onnx::\\w+");

  private final List<Layer> layers = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  void add(NodeProto node, String weight, Optional<String> bias) {
    layers.add(new Layer(name(weight, bias), node.getName(), weight, bias));
  }

  /** Returns the layers that were added until now. */
  List<Layer> soFar() {
    return List.copyOf(layers);
  }

  /**
   * The weight's module; where the exporter made the weight's name up, the bias's. Sharers of a
   * weight get a number.
   */
  private String name(String weight, Optional<String> bias) {
    Optional<String> module =
        bias.filter(name -> MADE_UP.matcher(weight).matches() && BIAS_SUFFIX.matcher(name).find())
            .map(name -> BIAS_SUFFIX.matcher(name).replaceFirst(""));
    String stem = module.orElseGet(() -> WEIGHT_SUFFIX.matcher(weight).replaceFirst(""));
    String name = stem;
    for (int number = 2; !names.add(name); number++) {
      name = stem + "#" + number;
    }
    return name;
  }
}
