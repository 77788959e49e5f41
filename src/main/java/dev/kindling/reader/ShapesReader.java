package dev.kindling.reader;

import dev.kindling.base.InputException;
import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Reads shapes JSON: {@code {"name": [extents], ...}}, as {@code state_dict()} of a PyTorch module
 * lists them. There is no graph, so names decide the roles:
 *
 * <ul>
 *   <li>{@code *.weight} of rank 2 is dense, of rank 3 to 5 conv, both {@code [out, in, ...]}.
 *   <li>{@code *.weight} of rank 1 is a norm's scale if the same module has a {@code bias} or
 *       running statistics, or has {@code norm}, {@code bn}, {@code ln} or {@code gn} as a word of
 *       its name.
 *   <li>{@code *.bias} is a norm's shift beside such a scale, otherwise a bias.
 *   <li>{@code *.weight_ih_l0}, {@code *.weight_hh_l0} and their biases are an RNN's, GRU's or
 *       LSTM's, {@code *.in_proj_weight}, {@code *.qkv.weight} and the like are fused queries, keys
 *       and values.
 *   <li>{@code *.running_mean} and {@code *.running_var} are running statistics, {@code
 *       *.num_batches_tracked} is an integer that counts from 0.
 *   <li>Everything else has no role: it is a constant without values, which needs a rule.
 * </ul>
 */
final class ShapesReader {
  private static final Pattern NORM =
      Pattern.compile("(?i)(^|[^a-z])([a-z]*norm|bn|ln|gn)([^a-z]|$)");

  private final ModelFile file;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private ShapesReader(ModelFile file) {
    this.file = file;
  }

  static Model read(byte[] bytes, ModelFile file) throws IOException {
    return new ShapesReader(file).read(TreeParser.json(bytes, file));
  }

  private Model read(Tree tree) {
    if (!(tree instanceof Tree.Fields named) || named.fields().isEmpty()) {
      throw file.refuse("it is no table of shapes (expected {\"name\": [extents], ...})");
    }
    named.fields().forEach(this::add);
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return new Model(
        file.name(), shapes.keySet().stream().map(this::tensor).toList(), Optional.empty());
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

  private Tensor tensor(String name) {
    if (last(name).equals("num_batches_tracked") && shapes.get(name).elementCount() == 1) {
      return counter(name);
    }
    return new TorchFusedNames(shapes)
        .tensor(name)
        .orElseGet(() -> Tensor.of(name, shapes.get(name), role(name), Layout.OUT_IN));
  }

  private Role role(String name) {
    return switch (last(name)) {
      case "weight" -> weight(name);
      case "bias" -> isNormScale(sibling(name, "weight")) ? Role.NORM_SHIFT : Role.BIAS;
      case "running_mean" -> Role.RUNNING_MEAN;
      case "running_var" -> Role.RUNNING_VARIANCE;
      default -> Role.CONSTANT;
    };
  }

  private Role weight(String name) {
    return switch (shapes.get(name).rank()) {
      case 1 -> isNormScale(name) ? Role.NORM_SCALE : Role.CONSTANT;
      case 2 -> Role.DENSE;
      case 3, 4, 5 -> Role.CONV;
      default -> Role.CONSTANT;
    };
  }

  private boolean isNormScale(String weight) {
    return shapes.containsKey(weight)
        && shapes.get(weight).rank() == 1
        && (shapes.containsKey(sibling(weight, "bias"))
            || shapes.containsKey(sibling(weight, "running_mean"))
            || shapes.containsKey(sibling(weight, "running_var"))
            || NORM.matcher(weight).find());
  }

  private Tensor counter(String name) {
    byte[] zero = new byte[ElementType.I64.bytes()];
    CRC32C crc = new CRC32C();
    crc.update(zero);
    return new Tensor(
        name,
        shapes.get(name),
        ElementType.I64,
        Role.CONSTANT,
        Layout.OUT_IN,
        1,
        1,
        Activation.NONE,
        List.of(),
        Optional.of(
            new ExternalValues.Inline(
                Base64.getEncoder().encodeToString(zero), (int) crc.getValue())));
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String sibling(String name, String last) {
    return name.substring(0, name.lastIndexOf('.') + 1) + last;
  }
}
