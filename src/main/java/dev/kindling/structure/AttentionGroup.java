package dev.kindling.structure;

import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The weights that make queries, keys and values and the one behind them.
 *
 * @param name how messages call it
 * @param query what makes the queries
 * @param key what makes the keys
 * @param value what makes the values
 * @param out weight that the mixed values go through, if there is one
 * @param heads number of heads, 0 if it is not known
 * @param memory whose keys and values they are
 * @param evidence what showed it
 */
public record AttentionGroup(
    String name,
    Projection query,
    Projection key,
    Projection value,
    Optional<String> out,
    long heads,
    Memory memory,
    String evidence) {
  /** Where keys and values come from. */
  public enum Memory {
    /** From what the queries come from. */
    OWN,
    /** From elsewhere, such as the encoder. */
    OTHER
  }

  /**
   * A matrix that may be stored with others as one tensor.
   *
   * @param tensor name of the tensor
   * @param part its number there, from 0 on
   * @param parts how many matrices the tensor stores
   */
  public record Projection(String tensor, int part, int parts) {
    /** Returns a matrix that has a tensor for itself. */
    public static Projection whole(String tensor) {
      return new Projection(tensor, 0, 1);
    }

    /** Returns the number of its outputs, all heads together. */
    public long outputs(Tensor stored) {
      List<FusedPart> fused = stored.fused();
      if (parts > 1 && part < fused.size()) {
        return fused.get(part).fanOut();
      }
      Shape matrix = stored.role().matrix(stored.shape());
      return matrix.dim(stored.layout() == Layout.OUT_IN ? 0 : 1) / parts;
    }
  }

  public AttentionGroup {
    Objects.requireNonNull(memory, "memory is null");
  }

  /** Returns the names of its tensors, each once. */
  public List<String> tensors() {
    return java.util.stream.Stream.concat(
            List.of(query, key, value).stream().map(Projection::tensor), out.stream())
        .distinct()
        .toList();
  }
}
