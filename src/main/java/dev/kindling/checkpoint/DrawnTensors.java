package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/** The tensors of a recipe, drawn as they are asked for; no checkpoint is needed. */
public final class DrawnTensors implements TensorSource {
  private final Recipe recipe;
  private final TensorValues values;
  private final ElementType dtype;

  /**
   * Prepares to draw, for one thread.
   *
   * @param values gives the recipe's values
   * @param dtype element type that they are rounded to
   */
  public DrawnTensors(Recipe recipe, TensorValues values, ElementType dtype) {
    this.recipe = recipe;
    this.values = values;
    this.dtype = dtype;
  }

  @Override
  public ElementType dtype() {
    return dtype;
  }

  @Override
  public List<Outline> outlines() {
    return recipe.entries().stream()
        .filter(entry -> entry.type().isFloat())
        .map(entry -> new Outline(entry.tensor(), entry.shape()))
        .toList();
  }

  @Override
  public void read(String name, long start, long end, Target target) throws IOException {
    Outline outline = outline(name);
    Objects.checkFromToIndex(start, end, outline.shape().elementCount());
    RecipeEntry entry = recipe.entry(name);
    ElementPiece piece = ElementPiece.of(dtype);
    byte[] bytes = new byte[ElementPiece.SIZE * dtype.bytes()];
    for (long next = start; next < end; next += piece.count()) {
      piece.fill(values, entry, next, (int) Math.min(ElementPiece.SIZE, end - next));
      piece.encode(bytes, 0);
      target.values(
          next,
          ByteBuffer.wrap(bytes, 0, piece.count() * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN));
    }
  }
}
