package dev.kindling.expand;

import dev.kindling.model.Tensor;
import java.util.List;
import java.util.Optional;

/** What the axes of a large model's tensors run over. */
interface Spaces {
  /**
   * Returns the axes of a tensor, as many as its rank.
   *
   * @throws IllegalArgumentException with the reason if it is not known
   */
  List<Axis> of(Tensor tensor);

  /** Returns the outputs that a tensor holds one behind the other; empty for a single matrix. */
  List<Long> parts(Tensor tensor);

  /** Returns what a tensor's values are multiplied by in the small model's function. */
  Optional<String> scaledByCopiesOf(Tensor tensor);
}
