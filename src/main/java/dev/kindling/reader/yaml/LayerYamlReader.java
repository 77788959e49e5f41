package dev.kindling.reader.yaml;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import dev.kindling.reader.compile.Activations;
import dev.kindling.reader.compile.GraphAssembler;
import dev.kindling.reader.compile.LayerCompiler;
import dev.kindling.reader.compile.LayerSpec;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.Problems;
import dev.kindling.reader.file.Tree;
import dev.kindling.reader.file.TreeParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads layer YAML: compiles it to an ONNX graph without weights, which then is read like any
 * other.
 *
 * <pre>
 * name: digits
 * input: {name: image, shape: [1, 8, 8]}   # without the batch
 * layers:
 *   - conv2d: {name: conv1, out: 16, kernel: 3, padding: same}
 *   - relu
 *   - flatten
 *   - dense: {out: 10}
 * </pre>
 */
public final class LayerYamlReader {
  private static final String INPUT = "input";
  private static final String INPUTS = "inputs";

  private final ModelFile file;
  private final Problems problems;

  private LayerYamlReader(ModelFile file) {
    this.file = file;
    this.problems = new Problems(file);
  }

  /** Returns the graph that a list of layers is compiled to. */
  public static ModelProto read(byte[] bytes, ModelFile file) throws IOException {
    return new LayerYamlReader(file).read(TreeParser.yaml(bytes, file));
  }

  private ModelProto read(Tree document) {
    Tree tree = new Variables(problems).resolve(document);
    if (!(tree instanceof Tree.Fields fields)) {
      throw file.refuse("it is no map with the keys name, input and layers");
    }
    Settings settings = new Settings("the model", fields, problems);
    settings.allowOnly(List.of("name", "let", INPUT, INPUTS, "layers"));
    String name = word(settings, "name", file.stem());
    List<Activations> inputs = inputs(settings, fields.line());
    List<LayerSpec> layers =
        settings
            .part("layers")
            .map(part -> new LayerSpecParser(problems).parse(part))
            .orElseGet(() -> missing("layers", fields.line(), "a list of layers", List.of()));
    problems.throwIfAny();
    return compile(name, inputs, layers);
  }

  private ModelProto compile(String name, List<Activations> inputs, List<LayerSpec> layers) {
    GraphAssembler graph = new GraphAssembler();
    inputs.forEach(graph::input);
    Activations output = new LayerCompiler(graph, problems, inputs).chain(layers, inputs.get(0));
    graph.output(output);
    return graph.model(name);
  }

  /** One input, or several of which the first goes to the first layer. */
  private List<Activations> inputs(Settings settings, int line) {
    Optional<Tree> several = settings.part(INPUTS);
    if (several.isPresent() && settings.part(INPUT).isPresent()) {
      problems.add("the model", line, "it has both keys 'input' and 'inputs' (expected one)");
    }
    if (several.isPresent()
        && several.get() instanceof Tree.Items list
        && !list.items().isEmpty()) {
      return list.items().stream().map(this::input).toList();
    }
    several.ifPresent(
        found ->
            problems.add(
                "'inputs'",
                found.line(),
                "it is no list of inputs (found %s)".formatted(found.describe())));
    Activations standIn = new Activations(INPUT, Shape.of(1));
    return List.of(
        settings
            .part(INPUT)
            .or(() -> several)
            .map(this::input)
            .orElseGet(() -> missing(INPUT, line, "such as {shape: [1, 8, 8]}", standIn)));
  }

  private Activations input(Tree tree) {
    if (!(tree instanceof Tree.Fields fields)) {
      problems.add(
          "the input",
          tree.line(),
          "it is no map (expected such as {shape: [1, 8, 8]}, found %s)"
              .formatted(tree.describe()));
      return new Activations(INPUT, Shape.of(1));
    }
    Settings inner = new Settings("the input", fields, problems);
    inner.allowOnly(List.of("name", "shape", "type"));
    String type = inner.choice("type", "f32", List.of("f32", "i64"));
    return new Activations(
        inputName(inner), shape(inner, fields.line()), ElementType.ofLabel(type).orElseThrow());
  }

  private String inputName(Settings settings) {
    String name = word(settings, "name", INPUT);
    if (!name.matches("[A-Za-z_][A-Za-z0-9_-]*")) {
      problems.add(
          "the input",
          settings.part("name").map(Tree::line).orElse(1),
          "its name has other characters than letters, digits, '_' and '-' (found '%s')"
              .formatted(name));
    }
    return name;
  }

  private Shape shape(Settings settings, int line) {
    Optional<Tree> part = settings.part("shape");
    if (part.isEmpty()) {
      return missing("shape", line, "the shape of one sample, such as [1, 8, 8]", Shape.of(1));
    }
    List<Long> dims = new ArrayList<>(settings.extents("shape", rank(part.get()), 1, List.of()));
    try {
      return new Shape(dims);
    } catch (IllegalArgumentException e) {
      problems.add("the input", part.get().line(), e.getMessage());
      return Shape.of(1);
    }
  }

  private static int rank(Tree shape) {
    return shape instanceof Tree.Items list ? Math.max(1, list.items().size()) : 1;
  }

  private String word(Settings settings, String key, String otherwise) {
    Optional<Tree> part = settings.part(key);
    if (part.isPresent() && !(part.get() instanceof Tree.Leaf)) {
      problems.add(
          "'%s'".formatted(key),
          part.get().line(),
          "it is no word (found %s)".formatted(part.get().describe()));
    }
    return part.filter(Tree.Leaf.class::isInstance)
        .map(tree -> String.valueOf(((Tree.Leaf) tree).value()))
        .orElse(otherwise);
  }

  private <T> T missing(String key, int line, String expected, T standIn) {
    problems.add("the model", line, "key '%s' is missing (expected %s)".formatted(key, expected));
    return standIn;
  }
}
