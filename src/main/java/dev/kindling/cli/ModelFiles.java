package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelCompletion;
import dev.kindling.recipe.Plan;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.source.SourceCheckpoints;
import dev.kindling.source.SourceDigests;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.HadoopModels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A model as a configuration names it, and its recipes. */
final class ModelFiles {
  private ModelFiles() {}

  /** Reads the model of a configuration. */
  static Model read(Configuration configuration, org.apache.hadoop.conf.Configuration hadoop) {
    String path = configuration.model();
    Model graph = HadoopModels.readAbsolute(path, hadoop);
    return configuration
        .shapes()
        .map(shapes -> HadoopModels.read(shapes, hadoop))
        .map(shapes -> ModelCompletion.complete(graph, shapes))
        .orElse(graph);
  }

  /** Returns the recipe that {@code init} materialises. */
  static Plan planInit(Configuration configuration, Model model) {
    return plan(configuration, model, Set.of());
  }

  /** Returns the recipe that {@code lsuv} starts from. */
  static Plan planLsuv(Configuration configuration, Model model) {
    return plan(
        configuration,
        model,
        chosen(configuration, model).stream().map(Layer::weight).collect(Collectors.toSet()));
  }

  private static Plan plan(Configuration configuration, Model model, Set<String> calibrated) {
    SourceCheckpoints sources = new SourceCheckpoints(Cluster.hadoop());
    return Planner.plan(model, configuration.init(), calibrated, sources);
  }

  /** Returns a recipe with the digests of all tensors of other checkpoints, read in this JVM. */
  static Recipe withDigests(Recipe recipe) {
    SourceCheckpoints sources = new SourceCheckpoints(Cluster.hadoop());
    return recipe.withDigests(unread -> SourceDigests.read(unread, sources));
  }

  /**
   * Returns the layers that are calibrated.
   *
   * @throws ConfigurationException if a choice matches no layer
   */
  static List<Layer> chosen(Configuration configuration, Model model) {
    return chosen(
        configuration,
        model,
        "lsuv.layers",
        configuration.lsuv().map(Configuration.Lsuv::layers).orElse(List.of()));
  }

  /**
   * Returns the layers that any one of some choices includes; all if there is none.
   *
   * @param key where the choices stand
   * @throws ConfigurationException if a choice matches no layer
   */
  static List<Layer> chosen(
      Configuration configuration, Model model, String key, List<LayerChoice> choices) {
    List<Layer> layers = model.graph().map(Model.Graph::layers).orElse(List.of());
    Map<String, Tensor> tensors = new HashMap<>();
    for (Tensor tensor : model.tensors()) {
      tensor.aliases().forEach(alias -> tensors.put(alias, tensor));
      tensors.put(tensor.name(), tensor);
    }
    for (LayerChoice choice : choices) {
      if (layers.stream().noneMatch(it -> choice.includes(it, tensors.get(it.weight())))) {
        throw new ConfigurationException(
            "Cannot calibrate model '%s': %s (match %s, role %s) chooses no layer (expected one of %s)"
                .formatted(
                    configuration.model(),
                    key,
                    choice.match().orElse("any"),
                    choice.role().map(Role::label).orElse("any"),
                    layers.stream().map(Layer::name).toList()));
      }
    }
    return layers.stream()
        .filter(
            layer ->
                choices.isEmpty()
                    || choices.stream()
                        .anyMatch(it -> it.includes(layer, tensors.get(layer.weight()))))
        .toList();
  }
}
