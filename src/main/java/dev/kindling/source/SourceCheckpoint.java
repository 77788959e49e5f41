package dev.kindling.source;

import dev.kindling.base.InputException;
import dev.kindling.model.SourceTensor;
import dev.kindling.recipe.SourceReader;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

/** Another checkpoint: its float tensors, read by range. For one thread. */
public abstract sealed class SourceCheckpoint implements SourceReader
    permits OwnSource, SafetensorsSource, OnnxSource {
  private final String path;
  private final Map<String, SourceTensor> tensors;

  SourceCheckpoint(String path, Map<String, SourceTensor> tensors) {
    this.path = path;
    this.tensors = tensors;
  }

  /** Returns what it holds, by the names that models know. */
  public final Map<String, SourceTensor> tensors() {
    return tensors;
  }

  @Override
  public final void read(SourceTensor tensor, long start, ByteBuffer target) {
    require(tensor);
    long count = target.remaining() / tensor.type().bytes();
    Objects.checkFromIndexSize(start, count, tensor.shape().elementCount());
    fill(tensor, start, target);
  }

  /**
   * Refuses a tensor that is not here any more as it was.
   *
   * @throws InputException if so
   */
  public final void require(SourceTensor tensor) {
    SourceTensor found = stored(tensor);
    if (found == null || !found.isSameAs(tensor)) {
      throw refuse(
          tensor,
          "the source has changed (expected %s %s, found %s)"
              .formatted(
                  tensor.type().label(),
                  tensor.shape(),
                  found == null ? "no such tensor" : found.type().label() + " " + found.shape()));
    }
    if (!found.digest().isEmpty()
        && !tensor.digest().isEmpty()
        && !found.digest().equals(tensor.digest())) {
      throw refuse(
          tensor,
          "the source has changed (expected digest %s, found %s)"
              .formatted(tensor.digest(), found.digest()));
    }
  }

  /** Returns the tensor of the same name, null if there is none. */
  SourceTensor stored(SourceTensor tensor) {
    return tensors.get(tensor.name());
  }

  /** Returns the mean of the squares of a tensor's values, which reads all of them. */
  double meanSquare(SourceTensor tensor) {
    return MeanSquare.of(tensor, this);
  }

  abstract void fill(SourceTensor tensor, long start, ByteBuffer target);

  final InputException refuse(SourceTensor tensor, String reason) {
    return new InputException(
        "Cannot read tensor '%s' in %s: %s".formatted(tensor.name(), path, reason));
  }
}
