package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.model.ExternalValues;
import java.io.Serializable;
import java.util.List;

/** Where the values of a tensor come from. */
public sealed interface Source extends Serializable {
  /**
   * The tensor is drawn.
   *
   * @param blocks what covers it, in order
   */
  record Drawn(List<Block> blocks) implements Source {
    public Drawn {
      blocks = List.copyOf(blocks);
      Require.positive(blocks.size(), "number of blocks");
    }
  }

  /** The tensor is kept as the model or another file has it. */
  record External(ExternalValues values) implements Source {}
}
