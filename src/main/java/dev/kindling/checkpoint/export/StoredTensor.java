package dev.kindling.checkpoint.export;

import dev.kindling.base.Require;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import java.io.Serializable;
import java.util.Objects;

/**
 * A tensor in a file of another format.
 *
 * @param name its name there
 * @param entry what the recipe says of it
 * @param type element type there; that of the entry if it is no floating-point type
 */
public record StoredTensor(String name, RecipeEntry entry, ElementType type)
    implements Serializable {
  public StoredTensor {
    Require.notBlank(name, "name");
    Objects.requireNonNull(entry, "entry is null");
    if (entry.type() != type && !(entry.type().isFloat() && type.isFloat())) {
      throw new IllegalArgumentException(
          "tensor '%s' of type %s cannot become %s"
              .formatted(name, entry.type().label(), type.label()));
    }
  }

  /** Returns a tensor under its own name, floats in the given type. */
  static StoredTensor of(RecipeEntry entry, ElementType floats) {
    return new StoredTensor(entry.tensor(), entry, entry.type().isFloat() ? floats : entry.type());
  }

  /** Returns this tensor under another name. */
  StoredTensor named(String other) {
    return new StoredTensor(other, entry, type);
  }

  /** Returns the bytes of its values. */
  long bytes() {
    return Math.multiplyExact(entry.shape().elementCount(), (long) type.bytes());
  }
}
