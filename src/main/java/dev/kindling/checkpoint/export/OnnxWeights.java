package dev.kindling.checkpoint.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX graph without the weights of a checkpoint, and these.
 *
 * @param graph the model; its weights are no inputs and no initialisers
 * @param weights the initialisers that it lacks, in its own element types
 */
record OnnxWeights(ModelProto graph, List<StoredTensor> weights) {
  OnnxWeights {
    weights = List.copyOf(weights);
  }

  /**
   * Returns the graph of a model and the tensors that it needs.
   *
   * @throws InputException if the model has no graph, or the recipe no such tensor of the same
   *     shape
   */
  static OnnxWeights of(Model model, Recipe recipe) {
    Model.Graph graph =
        model
            .graph()
            .orElseThrow(
                () ->
                    new InputException(
                        "Cannot export with model '%s': it has no graph (expected .onnx or layers as YAML)"
                            .formatted(model.name())));
    Selection selection = new Selection(model, recipe);
    return selection.select(graph.onnx());
  }

  /** Parts what the checkpoint gives from what the graph keeps. */
  private static final class Selection {
    private final Model model;
    private final Map<String, RecipeEntry> entries = new HashMap<>();
    private final Map<String, Shape> trained = new HashMap<>();
    private final List<StoredTensor> weights = new ArrayList<>();

    Selection(Model model, Recipe recipe) {
      this.model = model;
      recipe.entries().forEach(entry -> entries.put(entry.tensor(), entry));
      model.tensors().forEach(tensor -> trained.put(tensor.name(), tensor.shape()));
    }

    OnnxWeights select(ModelProto proto) {
      GraphProto given = proto.getGraph();
      GraphProto.Builder graph = given.toBuilder().clearInput().clearInitializer();
      for (ValueInfoProto input : given.getInputList()) {
        if (trained.containsKey(input.getName())) {
          add(input.getName());
        } else {
          graph.addInput(input);
        }
      }
      for (TensorProto constant : given.getInitializerList()) {
        if (isGiven(constant)) {
          add(constant.getName());
        } else {
          graph.addInitializer(constant);
        }
      }
      return new OnnxWeights(proto.toBuilder().setGraph(graph).build(), weights);
    }

    /** Constants are in the graph, unless a rule draws them or they are in another file. */
    private boolean isGiven(TensorProto constant) {
      RecipeEntry entry = entries.get(constant.getName());
      return entry != null
          && (!entry.isModels() || constant.getDataLocation() == TensorProto.DataLocation.EXTERNAL);
    }

    private void add(String name) {
      RecipeEntry entry = entries.get(name);
      if (entry == null || !entry.shape().equals(trained.get(name))) {
        throw new InputException(
            "Cannot export with model '%s': its tensor '%s' of shape %s is not that of the checkpoint (found %s)"
                .formatted(
                    model.name(),
                    name,
                    trained.get(name),
                    entry == null ? "none of this name" : "shape " + entry.shape()));
      }
      weights.add(new StoredTensor(name, entry, entry.type()));
    }
  }
}
