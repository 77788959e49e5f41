package dev.kindling.recipe;

import dev.kindling.model.SourceTensor;
import java.util.Map;
import java.util.OptionalDouble;

/** What other checkpoints hold, known from their headers. */
@FunctionalInterface
public interface SourceCatalog {
  /** Knows no other checkpoint. */
  SourceCatalog NONE =
      path -> {
        throw new IllegalArgumentException("'" + path + "' cannot be read here");
      };

  /**
   * Returns the float tensors of a checkpoint by name, in its order.
   *
   * @throws dev.kindling.base.InputException if it cannot be read or is none
   */
  Map<String, SourceTensor> tensors(String path);

  /**
   * Returns the mean of the squares of a tensor's values, where it is known.
   *
   * @throws dev.kindling.base.InputException if they cannot be read
   */
  default OptionalDouble meanSquare(SourceTensor tensor) {
    return OptionalDouble.empty();
  }
}
