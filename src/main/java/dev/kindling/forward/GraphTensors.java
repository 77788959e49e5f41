package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.reader.graph.SubgraphWeights;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the tensors of a graph that no node makes come from.
 *
 * @param fed tensors of the recipe that are fed as graph inputs, by their name in the graph
 * @param kept initialisers whose values stand in the graph
 * @param keptSparse the same for sparse ones
 * @param data graph inputs that the data set fills
 */
record GraphTensors(
    Map<String, RecipeEntry> fed,
    Map<String, TensorProto> kept,
    Map<String, SparseTensorProto> keptSparse,
    Map<String, ValueInfoProto> data) {

  static GraphTensors of(Model model, GraphProto graph, Recipe recipe) {
    Map<String, RecipeEntry> known = byName(recipe);
    GraphTensors tensors =
        new GraphTensors(
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>());
    graph.getNodeList().forEach(node -> requireOwnValues(model, node));
    model.graph().stream()
        .flatMap(whole -> whole.onnx().getFunctionsList().stream())
        .flatMap(function -> function.getNodeList().stream())
        .forEach(node -> requireOwnValues(model, node));
    for (TensorProto initialiser : graph.getInitializerList()) {
      tensors.addInitialiser(model, initialiser, known.get(initialiser.getName()));
    }
    for (SparseTensorProto initialiser : graph.getSparseInitializerList()) {
      tensors.keptSparse.put(initialiser.getValues().getName(), initialiser);
    }
    for (ValueInfoProto input : graph.getInputList()) {
      tensors.addInput(input, known.get(input.getName()));
    }
    return tensors;
  }

  /**
   * What stands in a node goes to ONNX Runtime as it is, which would open any file that it names.
   */
  private static void requireOwnValues(Model model, NodeProto node) {
    Stream.concat(Stream.of(node), SubgraphWeights.nodes(node))
        .flatMap(GraphTensors::values)
        .filter(value -> value.getDataLocation() == DataLocation.EXTERNAL)
        .findFirst()
        .ifPresent(
            value -> {
              throw new InputException(
                  "Cannot run %s: node '%s' has values in another file (expected in the model, where only initialisers may have them elsewhere)"
                      .formatted(model.name(), node.getName()));
            });
  }

  private static Stream<TensorProto> values(NodeProto node) {
    return node.getAttributeList().stream()
        .flatMap(
            attribute ->
                Stream.of(
                        Stream.of(attribute.getT()),
                        attribute.getTensorsList().stream(),
                        sparse(attribute.getSparseTensor()),
                        attribute.getSparseTensorsList().stream().flatMap(GraphTensors::sparse),
                        attribute.getG().getInitializerList().stream(),
                        attribute.getGraphsList().stream()
                            .flatMap(graph -> graph.getInitializerList().stream()))
                    .flatMap(found -> found));
  }

  private static Stream<TensorProto> sparse(SparseTensorProto tensor) {
    return Stream.of(tensor.getValues(), tensor.getIndices());
  }

  /** Returns whether the values are there without data. */
  boolean isFixed(String name) {
    return fed.containsKey(name) || kept.containsKey(name) || keptSparse.containsKey(name);
  }

  /** Returns whether a tensor is drawn or computed, so that it can be scaled. */
  boolean isDrawn(String name) {
    return fed.values().stream()
        .anyMatch(entry -> entry.tensor().equals(recipeName(name)) && !entry.isKept());
  }

  /** Returns the extents of a tensor that no node makes. */
  Optional<List<Long>> dims(String name) {
    if (fed.containsKey(name)) {
      return Optional.of(fed.get(name).shape().dims());
    }
    return Optional.ofNullable(kept.get(name)).map(TensorProto::getDimsList);
  }

  /** Returns the recipe's name of a tensor that the graph may know by an alias. */
  String recipeName(String name) {
    return fed.containsKey(name) ? fed.get(name).tensor() : name;
  }

  /** Returns the entry of every name and alias. */
  static Map<String, RecipeEntry> byName(Recipe recipe) {
    Map<String, RecipeEntry> entries = new HashMap<>();
    for (RecipeEntry entry : recipe.entries()) {
      entry.aliases().forEach(alias -> entries.put(alias, entry));
    }
    recipe.entries().forEach(entry -> entries.put(entry.tensor(), entry));
    return entries;
  }

  /**
   * The same, of a recipe that has all tensors of a stage.
   *
   * @throws IllegalArgumentException if it lacks one
   */
  static Map<String, RecipeEntry> read(Stage stage, Recipe recipe) {
    Map<String, RecipeEntry> entries = byName(recipe);
    for (String name : stage.reads()) {
      if (!entries.containsKey(name)) {
        throw new IllegalArgumentException("the recipe has no tensor '" + name + "'");
      }
    }
    return entries;
  }

  private void addInitialiser(Model model, TensorProto initialiser, RecipeEntry entry) {
    String name = initialiser.getName();
    boolean elsewhere = initialiser.getDataLocation() == DataLocation.EXTERNAL;
    if (entry != null && (!entry.isModels() || elsewhere)) {
      fed.put(name, entry);
    } else if (elsewhere) {
      throw new InputException(
          "Cannot run %s: the values of tensor '%s' are in another file and the recipe does not have them"
              .formatted(model.name(), name));
    } else {
      kept.put(name, initialiser);
    }
  }

  private void addInput(ValueInfoProto input, RecipeEntry entry) {
    if (isFixed(input.getName())) {
      return;
    }
    if (entry == null) {
      data.put(input.getName(), input);
    } else {
      fed.put(input.getName(), entry);
    }
  }
}
