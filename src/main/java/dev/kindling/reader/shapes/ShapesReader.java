package dev.kindling.reader.shapes;

import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads shapes JSON: {@code {"name": [extents], ...}}, as {@code state_dict()} of a PyTorch module
 * lists them. There is no graph, so names decide the roles ({@link NamedTensors}).
 */
public final class ShapesReader {
  private final ModelFile file;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private ShapesReader(ModelFile file) {
    this.file = file;
  }

  /** Returns the model of a map from names to extents. */
  public static Model read(Tree tree, ModelFile file) {
    return new ShapesReader(file).read(tree);
  }

  private Model read(Tree tree) {
    if (!(tree instanceof Tree.Fields named) || named.fields().isEmpty()) {
      throw file.refuse("it is no table of shapes (expected {\"name\": [extents], ...})");
    }
    named.fields().forEach(this::add);
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return new Model(file.name(), new NamedTensors(shapes, Map.of()).tensors(), Optional.empty());
  }

  private void add(String name, Tree extents) {
    if (name.isBlank()) {
      problem(name, extents, "its name is blank");
    } else if (extents instanceof Tree.Items items
        && items.items().stream().allMatch(ShapesReader::isExtent)) {
      try {
        shapes.put(name, new Shape(items.items().stream().map(ShapesReader::extent).toList()));
      } catch (IllegalArgumentException e) {
        problem(name, extents, e.getMessage());
      }
    } else {
      problem(
          name,
          extents,
          "its shape is no list of integers that are not negative (found %s)"
              .formatted(extents.describe()));
    }
  }

  private void problem(String name, Tree at, String reason) {
    problems.add(
        "Cannot read tensor '%s' in %s at line %d: %s"
            .formatted(name, file.path(), at.line(), reason));
  }

  private static boolean isExtent(Tree tree) {
    return tree instanceof Tree.Leaf leaf
        && (leaf.value() instanceof Integer || leaf.value() instanceof Long)
        && extent(tree) >= 0;
  }

  private static long extent(Tree tree) {
    return ((Number) ((Tree.Leaf) tree).value()).longValue();
  }
}
