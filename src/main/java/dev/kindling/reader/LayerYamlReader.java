package dev.kindling.reader;

import dev.kindling.model.Model;
import dev.kindling.model.Shape;
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
final class LayerYamlReader {
  private static final String INPUT = "input";

  private final ModelFile file;
  private final Problems problems;

  private LayerYamlReader(ModelFile file) {
    this.file = file;
    this.problems = new Problems(file);
  }

  static Model read(byte[] bytes, ModelFile file) throws IOException {
    return new LayerYamlReader(file).read(TreeParser.yaml(bytes, file));
  }

  private Model read(Tree tree) {
    if (!(tree instanceof Tree.Fields fields)) {
      throw file.refuse("it is no map with the keys name, input and layers");
    }
    Settings settings = new Settings("the model", fields, problems);
    settings.allowOnly(List.of("name", INPUT, "layers"));
    String name = word(settings, "name", file.stem());
    Activations input = input(settings, fields.line());
    List<LayerSpec> layers =
        settings
            .part("layers")
            .map(part -> new LayerSpecParser(problems).parse(part))
            .orElseGet(() -> missing("layers", fields.line(), "a list of layers", List.of()));
    problems.throwIfAny();
    return compile(name, input, layers);
  }

  private Model compile(String name, Activations input, List<LayerSpec> layers) {
    GraphAssembler graph = new GraphAssembler();
    graph.input(input.value(), input.sample());
    Activations output = new LayerCompiler(graph, problems).chain(layers, input);
    graph.output(output.value(), output.sample());
    return OnnxReader.analyse(graph.model(name), ModelFolder.of(new byte[0], file.path()), file);
  }

  private Activations input(Settings settings, int line) {
    Activations standIn = new Activations(INPUT, Shape.of(1));
    Optional<Tree> part = settings.part(INPUT);
    if (part.isEmpty()) {
      return missing(INPUT, line, "such as {shape: [1, 8, 8]}", standIn);
    }
    if (!(part.get() instanceof Tree.Fields fields)) {
      problems.add(
          "the input",
          part.get().line(),
          "it is no map (expected such as {shape: [1, 8, 8]}, found %s)"
              .formatted(part.get().describe()));
      return standIn;
    }
    Settings inner = new Settings("the input", fields, problems);
    inner.allowOnly(List.of("name", "shape"));
    return new Activations(inputName(inner), shape(inner, fields.line()));
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
