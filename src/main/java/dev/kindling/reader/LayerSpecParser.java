package dev.kindling.reader;

import dev.kindling.reader.LayerSpec.Window;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns the entries of {@code layers} into specifications and notes everything that is wrong with
 * them.
 */
final class LayerSpecParser {
  /** One kind of layer: how its entries are read, and the keys that they may have. */
  private record Kind(Set<String> keys, EntryParser parser) {}

  /** Reads the settings of an entry. */
  private interface EntryParser {
    LayerSpec parse(String name, int line, Settings settings);
  }

  private static final double NORM_EPSILON = 1e-5;
  private static final Set<String> CONV_KEYS =
      Set.of("name", "out", "kernel", "stride", "padding", "dilation", "groups", "bias");
  private static final Set<String> TRANSPOSED_KEYS =
      Set.of(
          "name",
          "out",
          "kernel",
          "stride",
          "padding",
          "output-padding",
          "dilation",
          "groups",
          "bias");
  private static final Set<String> POOL_KEYS = Set.of("name", "kernel", "stride", "padding");

  private final Problems problems;
  private final LayerNames names;
  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  LayerSpecParser(Problems problems) {
    this.problems = problems;
    this.names = new LayerNames(problems);
    addActivations();
    addConvolutions();
    addPoolings();
    addOthers();
  }

  private void addActivations() {
    Set<String> keys = Set.of("name");
    Map<String, String> operators = new LinkedHashMap<>();
    operators.put("relu", "Relu");
    operators.put("tanh", "Tanh");
    operators.put("sigmoid", "Sigmoid");
    operators.forEach(
        (word, operator) ->
            kinds.put(
                word,
                new Kind(keys, (name, line, s) -> new LayerSpec.Activation(name, line, operator))));
    kinds.put("softmax", new Kind(keys, (name, line, s) -> new LayerSpec.Softmax(name, line)));
  }

  private void addConvolutions() {
    for (int axes = 1; axes <= 3; axes++) {
      int rank = axes;
      kinds.put(
          "conv" + rank + "d", new Kind(CONV_KEYS, (name, line, s) -> conv(name, line, s, rank)));
      kinds.put(
          "conv" + rank + "d-transposed",
          new Kind(TRANSPOSED_KEYS, (name, line, s) -> transposedConv(name, line, s, rank)));
    }
  }

  private void addPoolings() {
    kinds.put("max-pool", new Kind(POOL_KEYS, (name, line, s) -> pool(name, line, s, "MaxPool")));
    kinds.put(
        "avg-pool", new Kind(POOL_KEYS, (name, line, s) -> pool(name, line, s, "AveragePool")));
    kinds.put(
        "global-avg-pool",
        new Kind(Set.of("name"), (name, line, s) -> new LayerSpec.GlobalAveragePool(name, line)));
  }

  private void addOthers() {
    kinds.put(
        "dense",
        new Kind(
            Set.of("name", "out", "bias"),
            (name, line, s) -> new LayerSpec.Dense(name, line, s.count("out"), s.bias())));
    kinds.put(
        "flatten", new Kind(Set.of("name"), (name, line, s) -> new LayerSpec.Flatten(name, line)));
    kinds.put(
        "batch-norm",
        new Kind(
            Set.of("name", "epsilon"),
            (name, line, s) ->
                new LayerSpec.BatchNorm(name, line, s.fraction("epsilon", NORM_EPSILON))));
    kinds.put(
        "layer-norm",
        new Kind(
            Set.of("name", "epsilon"),
            (name, line, s) ->
                new LayerSpec.LayerNorm(name, line, s.fraction("epsilon", NORM_EPSILON))));
    kinds.put(
        "dropout",
        new Kind(
            Set.of("name", "fraction"),
            (name, line, s) -> new LayerSpec.Dropout(name, line, s.fraction("fraction", 0.5))));
    kinds.put("residual", new Kind(Set.of("name", "branch", "shortcut"), this::residual));
  }

  /** Returns the layers of a model. */
  List<LayerSpec> parse(Tree layers) {
    names.collect(layers);
    return list("layers", layers);
  }

  private List<LayerSpec> list(String key, Tree layers) {
    if (!(layers instanceof Tree.Items list) || list.items().isEmpty()) {
      problems.add(
          "'%s'".formatted(key),
          layers.line(),
          "it is no list of layers (expected such as [relu, {dense: {out: 10}}], found %s)"
              .formatted(layers.describe()));
      return List.of();
    }
    List<LayerSpec> specs = new ArrayList<>();
    list.items().forEach(entry -> entry(entry).ifPresent(specs::add));
    return specs;
  }

  private Optional<LayerSpec> entry(Tree entry) {
    if (entry instanceof Tree.Leaf leaf && leaf.value() instanceof String word) {
      return kind(word, leaf.line(), new Tree.Leaf(null, leaf.line()));
    }
    if (entry instanceof Tree.Fields map && map.fields().size() == 1) {
      Map.Entry<String, Tree> only = map.fields().entrySet().iterator().next();
      return kind(only.getKey(), map.line(), only.getValue());
    }
    problems.add(
        "a layer",
        entry.line(),
        "expected a word or a map with one key, found %s".formatted(entry.describe()));
    return Optional.empty();
  }

  private Optional<LayerSpec> kind(String word, int line, Tree argument) {
    Kind kind = kinds.get(word);
    if (kind == null) {
      problems.addUnknown("a layer", line, "layer", word, kinds.keySet());
      return Optional.empty();
    }
    return fields(word, argument, kind.keys())
        .map(
            fields -> {
              String type = word.replaceAll("\\dd", "").replace('-', '_');
              String name = names.name(Optional.ofNullable(fields.fields().get("name")), type);
              Settings settings = new Settings("layer '%s'".formatted(name), fields, problems);
              settings.allowOnly(new TreeSet<>(kind.keys()));
              return kind.parser().parse(name, line, settings);
            });
  }

  /**
   * Returns the settings, with the shorthands {@code dropout: 0.1} and {@code residual: [...]}
   * written out.
   */
  private Optional<Tree.Fields> fields(String word, Tree argument, Collection<String> keys) {
    if (argument instanceof Tree.Fields fields) {
      return Optional.of(fields);
    }
    if (argument instanceof Tree.Leaf leaf && leaf.value() == null) {
      return Optional.of(Settings.none(argument.line()));
    }
    if (keys.contains("fraction") && argument instanceof Tree.Leaf) {
      return Optional.of(new Tree.Fields(Map.of("fraction", argument), argument.line()));
    }
    if (keys.contains("branch") && argument instanceof Tree.Items) {
      return Optional.of(new Tree.Fields(Map.of("branch", argument), argument.line()));
    }
    problems.add(
        "layer '%s'".formatted(word),
        argument.line(),
        "its settings are no map (expected keys of %s, found %s)"
            .formatted(String.join(", ", new TreeSet<>(keys)), argument.describe()));
    return Optional.empty();
  }

  private LayerSpec conv(String name, int line, Settings settings, int rank) {
    return new LayerSpec.Conv(
        name,
        line,
        settings.count("out"),
        window(settings, settings.extents("kernel", rank), Optional.of(Settings.ones(rank))),
        settings.count("groups", 1),
        settings.bias());
  }

  private LayerSpec transposedConv(String name, int line, Settings settings, int rank) {
    List<Long> zeros = Settings.repeated(0, rank);
    Window window =
        new Window(
            settings.extents("kernel", rank),
            settings.extents("stride", rank, 1, Settings.ones(rank)),
            settings.extents("padding", rank, 0, zeros),
            settings.extents("dilation", rank, 1, Settings.ones(rank)));
    return new LayerSpec.TransposedConv(
        name,
        line,
        settings.count("out"),
        window,
        settings.extents("output-padding", rank, 0, zeros),
        settings.count("groups", 1),
        settings.bias());
  }

  /** The number of axes of a pooling is that of its kernel, two for a single number. */
  private LayerSpec pool(String name, int line, Settings settings, String operator) {
    int rank =
        settings
            .part("kernel")
            .map(kernel -> kernel instanceof Tree.Items list ? Math.max(1, list.items().size()) : 2)
            .orElse(2);
    return new LayerSpec.Pool(
        name, line, operator, window(settings, settings.extents("kernel", rank), Optional.empty()));
  }

  /** A stride that is left out is {@code stride}, or as large as the kernel. */
  private static Window window(Settings settings, List<Long> kernel, Optional<List<Long>> stride) {
    int rank = kernel.size();
    return new Window(
        kernel,
        settings.extents("stride", rank, 1, stride.orElse(kernel)),
        settings.isWord("padding", "same")
            ? List.of()
            : settings.extents("padding", rank, 0, Settings.repeated(0, rank)),
        settings.extents("dilation", rank, 1, Settings.ones(rank)));
  }

  private LayerSpec residual(String name, int line, Settings settings) {
    if (settings.part("branch").isEmpty()) {
      problems.add(
          "layer '%s'".formatted(name),
          line,
          "key 'branch' is missing (expected a list of layers)");
    }
    return new LayerSpec.Residual(
        name,
        line,
        settings.part("branch").map(part -> list("branch", part)).orElse(List.of()),
        settings.part("shortcut").map(part -> list("shortcut", part)).orElse(List.of()));
  }
}
