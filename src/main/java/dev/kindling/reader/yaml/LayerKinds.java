package dev.kindling.reader.yaml;

import dev.kindling.reader.compile.FunctionCompiler;
import dev.kindling.reader.compile.LayerSpec;
import dev.kindling.reader.compile.LayerSpec.Attention;
import dev.kindling.reader.compile.LayerSpec.Mlp;
import dev.kindling.reader.compile.LayerSpec.Per;
import dev.kindling.reader.compile.LayerSpec.Recurrent;
import dev.kindling.reader.compile.LayerSpec.Window;
import dev.kindling.reader.file.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The kinds of layers that have no layers inside: their words, their keys, how they are read. */
final class LayerKinds {
  /**
   * One kind of layer.
   *
   * @param keys keys that its entries may have
   * @param shorthand the key that a bare value stands for, as in {@code dropout: 0.1}; empty for
   *     none
   */
  record Kind(Set<String> keys, String shorthand, EntryParser parser) {}

  /** Reads the settings of an entry. */
  interface EntryParser {
    LayerSpec parse(String name, int line, Settings settings);
  }

  private static final double NORM_EPSILON = 1e-5;
  private static final double LEAKY_SLOPE = 0.01;
  private static final Set<String> CONV_KEYS =
      Set.of("name", "out", "kernel", "stride", "padding", "dilation", "groups", "bias");

  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  LayerKinds() {
    addFunctions();
    addConvolutions();
    addPoolings();
    addDense();
    addNorms();
    addTransformer();
    addRecurrent();
    addReferences();
  }

  /** Returns the kinds by the words that entries begin with. */
  Map<String, Kind> kinds() {
    return kinds;
  }

  private void add(String word, Set<String> keys, EntryParser parser) {
    add(word, keys, "", parser);
  }

  private void add(String word, Set<String> keys, String shorthand, EntryParser parser) {
    Set<String> all = new TreeSet<>(keys);
    all.add("name");
    kinds.put(word, new Kind(all, shorthand, parser));
  }

  private void addFunctions() {
    for (String word : new TreeSet<>(FunctionCompiler.WORDS)) {
      add(word, Set.of(), (name, line, s) -> new LayerSpec.Activation(name, line, word, 0));
    }
    add(
        "leaky-relu",
        Set.of("slope"),
        "slope",
        (name, line, s) ->
            new LayerSpec.Activation(name, line, "leaky-relu", s.fraction("slope", LEAKY_SLOPE)));
    add("elu", Set.of(), (name, line, s) -> new LayerSpec.Activation(name, line, "elu", 1));
    add("prelu", Set.of("per"), "per", (name, line, s) -> new LayerSpec.PRelu(name, line, per(s)));
    add("softmax", Set.of(), (name, line, s) -> new LayerSpec.Softmax(name, line));
  }

  private void addConvolutions() {
    Set<String> transposed = new TreeSet<>(CONV_KEYS);
    transposed.add("output-padding");
    Set<String> depthwise = new TreeSet<>(CONV_KEYS);
    depthwise.removeAll(Set.of("out", "groups"));
    depthwise.add("multiplier");
    for (int axes = 1; axes <= 3; axes++) {
      int rank = axes;
      String word = "conv" + rank + "d";
      add(word, CONV_KEYS, (name, line, s) -> conv(name, line, s, rank));
      add(word + "-transposed", transposed, (name, line, s) -> transposedConv(name, line, s, rank));
      add(
          word + "-depthwise",
          depthwise,
          (name, line, s) ->
              new LayerSpec.Depthwise(
                  name, line, s.count("multiplier", 1), convWindow(s, rank), s.bias("bias")));
    }
  }

  private void addPoolings() {
    Set<String> keys = Set.of("kernel", "stride", "padding");
    add("max-pool", keys, (name, line, s) -> pool(name, line, s, "MaxPool"));
    add("avg-pool", keys, (name, line, s) -> pool(name, line, s, "AveragePool"));
    add(
        "global-avg-pool",
        Set.of(),
        (name, line, s) -> new LayerSpec.GlobalAveragePool(name, line));
    add("flatten", Set.of(), (name, line, s) -> new LayerSpec.Flatten(name, line));
    add(
        "dropout",
        Set.of("fraction"),
        "fraction",
        (name, line, s) -> new LayerSpec.Dropout(name, line, s.fraction("fraction", 0.5)));
  }

  private void addDense() {
    add(
        "dense",
        Set.of("out", "bias", "weight"),
        (name, line, s) ->
            new LayerSpec.Dense(name, line, s.count("out"), s.bias("bias"), s.text("weight")));
    Set<String> keys = Set.of("hidden", "activation", "bias", "out-bias");
    add("mlp", keys, (name, line, s) -> mlp(name, line, s, Mlp.Form.PLAIN, "gelu"));
    add("gated-mlp", keys, (name, line, s) -> mlp(name, line, s, Mlp.Form.GATED, "silu"));
  }

  private void addNorms() {
    Set<String> keys = Set.of("epsilon");
    add(
        "batch-norm",
        keys,
        (name, line, s) ->
            new LayerSpec.BatchNorm(name, line, s.fraction("epsilon", NORM_EPSILON)));
    add(
        "layer-norm",
        keys,
        (name, line, s) ->
            new LayerSpec.LayerNorm(name, line, s.fraction("epsilon", NORM_EPSILON)));
    add(
        "rms-norm",
        keys,
        (name, line, s) -> new LayerSpec.RmsNorm(name, line, s.fraction("epsilon", NORM_EPSILON)));
    add("scale", Set.of("per"), "per", (name, line, s) -> new LayerSpec.Scale(name, line, per(s)));
    add("shift", Set.of(), (name, line, s) -> new LayerSpec.Shift(name, line));
  }

  private void addTransformer() {
    add(
        "embedding",
        Set.of("rows", "width"),
        (name, line, s) -> new LayerSpec.Embedding(name, line, s.count("rows"), s.count("width")));
    add(
        "position-embedding",
        Set.of("rows"),
        "rows",
        (name, line, s) -> new LayerSpec.PositionEmbedding(name, line, s.count("rows")));
    add(
        "attention",
        Set.of(
            "heads",
            "kv-heads",
            "head-width",
            "projections",
            "mask",
            "positions",
            "bias",
            "memory"),
        LayerKinds::attention);
  }

  private void addRecurrent() {
    for (String word : List.of("lstm", "gru", "rnn")) {
      Set<String> keys = new TreeSet<>(Set.of("units", "direction", "output"));
      if (word.equals("rnn")) {
        keys.add("activation");
      }
      add(word, keys, (name, line, s) -> recurrent(name, line, s, word));
    }
  }

  private void addReferences() {
    add(
        "from",
        Set.of("layer"),
        "layer",
        (name, line, s) -> new LayerSpec.From(name, line, s.word("layer")));
    add(
        "add",
        Set.of("with"),
        "with",
        (name, line, s) -> new LayerSpec.Add(name, line, s.words("with")));
    add(
        "concat",
        Set.of("with", "axis"),
        (name, line, s) ->
            new LayerSpec.Concat(
                name, line, s.words("with"), s.extents("axis", 1, 0, List.of(0L)).get(0)));
  }

  private static LayerSpec conv(String name, int line, Settings settings, int rank) {
    return new LayerSpec.Conv(
        name,
        line,
        settings.count("out"),
        convWindow(settings, rank),
        settings.count("groups", 1),
        settings.bias("bias"));
  }

  private static Window convWindow(Settings settings, int rank) {
    return window(settings, settings.extents("kernel", rank), Optional.of(Settings.ones(rank)));
  }

  private static LayerSpec transposedConv(String name, int line, Settings settings, int rank) {
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
        settings.bias("bias"));
  }

  /** The number of axes of a pooling is that of its kernel, two for a single number. */
  private static LayerSpec pool(String name, int line, Settings settings, String operator) {
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

  private static LayerSpec mlp(
      String name, int line, Settings settings, Mlp.Form form, String otherwise) {
    LayerSpec.Bias bias = settings.bias("bias");
    return new Mlp(
        name,
        line,
        settings.count("hidden"),
        settings.choice("activation", otherwise, FunctionCompiler.WORDS),
        form,
        bias,
        settings.part("out-bias").isEmpty() ? bias : settings.bias("out-bias"));
  }

  private static LayerSpec attention(String name, int line, Settings settings) {
    long heads = settings.count("heads");
    return new Attention(
        name,
        line,
        heads,
        settings.count("kv-heads", heads),
        settings.part("head-width").map(part -> settings.count("head-width")),
        settings.choice("projections", Attention.Projections.SEPARATE),
        settings.choice("mask", Attention.Mask.NONE),
        settings.choice("positions", Attention.Positions.NONE),
        settings.bias("bias"),
        settings.text("memory"));
  }

  private static LayerSpec recurrent(String name, int line, Settings settings, String word) {
    return new Recurrent(
        name,
        line,
        word.toUpperCase(java.util.Locale.ROOT),
        settings.count("units"),
        settings.choice("direction", Recurrent.Direction.FORWARD),
        settings.choice("output", Recurrent.Output.SEQUENCE),
        settings.choice("activation", "tanh", Set.of("tanh", "relu")));
  }

  private static Per per(Settings settings) {
    return settings.choice("per", Per.TENSOR);
  }
}
