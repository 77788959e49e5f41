package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * What the recipe says of one tensor.
 *
 * @param tensor its name, part of the address of every draw
 * @param shape extents
 * @param type element type in the model; float tensors are written in the checkpoint's type instead
 * @param role what it is for
 * @param layout where a weight keeps its outputs
 * @param aliases other names for the same tensor
 * @param rule why the scheme was chosen, in words
 * @param source where the values come from
 */
public record RecipeEntry(
    String tensor,
    Shape shape,
    ElementType type,
    Role role,
    Layout layout,
    List<String> aliases,
    String rule,
    Source source)
    implements Serializable {
  public RecipeEntry {
    Require.notBlank(tensor, "tensor name");
    Objects.requireNonNull(shape, "shape is null");
    Objects.requireNonNull(layout, "layout is null");
    Objects.requireNonNull(source, "source is null");
    aliases = List.copyOf(aliases);
    if (source instanceof Source.Drawn drawn) {
      new BlockCover(tensor, role.matrix(shape), layout).check(drawn.blocks());
    }
  }

  /** Returns the shape that rows and columns are counted on, see {@link Role#matrix}. */
  public Shape matrix() {
    return role.matrix(shape);
  }

  /** Returns the rows of the tensor seen as a matrix: its first axis, 1 for a scalar. */
  public long rows() {
    return shape.rank() == 0 ? 1 : matrix().dim(0);
  }

  /** Returns the columns of the tensor seen as a matrix: the product of all axes but the first. */
  public long columns() {
    return matrix().elementsFrom(1);
  }

  /** Returns this entry with the scale of every block multiplied by {@code factor}. */
  public RecipeEntry scaledBy(double factor) {
    if (!(source instanceof Source.Drawn drawn)) {
      throw new IllegalArgumentException(
          "tensor '" + tensor + "' is not drawn and cannot be scaled");
    }
    List<Block> scaled = drawn.blocks().stream().map(block -> block.scaledBy(factor)).toList();
    return new RecipeEntry(
        tensor, shape, type, role, layout, aliases, rule, new Source.Drawn(scaled));
  }
}
