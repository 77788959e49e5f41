package dev.kindling.recipe;

import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import java.util.List;

/**
 * A tensor whose elements another one of the same name is made of. It has no scale and shift of its
 * own.
 *
 * @param entry what is known of it, checked like any entry
 * @param block its only block
 */
record InnerTensor(RecipeEntry entry, Block block) {
  /**
   * Returns an inner tensor.
   *
   * @throws IllegalArgumentException if the block does not fit it
   */
  static InnerTensor of(String tensor, Shape shape, Layout layout, Block block) {
    return new InnerTensor(
        new RecipeEntry(
            tensor,
            shape,
            ElementType.F32,
            Role.DENSE,
            layout,
            List.of(),
            "part of " + tensor,
            new Source.Drawn(List.of(block))),
        block);
  }
}
