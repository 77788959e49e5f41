package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.expand.Expansion;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.SourceTensor;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

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

    @Override
    public String label() {
      return "drawn";
    }
  }

  /** The tensor is kept as the model or another file has it. */
  record External(ExternalValues values) implements Source {
    @Override
    public String label() {
      return "kept";
    }
  }

  /**
   * The tensor was computed beforehand from what the seed does not know, such as data, and is
   * scaled and shifted like a drawn one: {@code scale * v + shift} in float64, rounded once.
   *
   * @param values float32, whatever the tensor's type in the model
   * @param scale factor from calibration, one number or one per output channel
   * @param shift summand after scaling, likewise
   */
  record Computed(ExternalValues values, PerChannel scale, PerChannel shift) implements Source {
    /**
     * Most elements that a recipe holds of a tensor: it is read and sent as a whole, and 8 MiB of
     * values are 11 MiB of text.
     */
    public static final int MAX_ELEMENTS = 1 << 21;

    public Computed {
      Objects.requireNonNull(values, "values are null");
      Objects.requireNonNull(scale, "scale is null");
      Objects.requireNonNull(shift, "shift is null");
    }

    /**
     * Returns values that stand in the recipe, with scale 1 and shift 0.
     *
     * @param values all elements in index order
     * @throws IllegalArgumentException if they are more than {@link #MAX_ELEMENTS} or not finite
     */
    public static Computed of(float[] values) {
      if (values.length > MAX_ELEMENTS) {
        throw new IllegalArgumentException(
            "too many values for a recipe (expected at most %d, found %d)"
                .formatted(MAX_ELEMENTS, values.length));
      }
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        bytes.putFloat((float) Require.finite(value, "computed value"));
      }
      CRC32C crc = new CRC32C();
      crc.update(bytes.array());
      return new Computed(
          new ExternalValues.Inline(
              Base64.getEncoder().encodeToString(bytes.array()), (int) crc.getValue()),
          PerChannel.ONE,
          PerChannel.ZERO);
    }

    @Override
    public String label() {
      return "computed";
    }

    /** Returns the same values with other scales. */
    Computed scaledBy(PerChannel factors) {
      return new Computed(values, scale.times(factors), shift);
    }

    /** Returns the same values with other shifts. */
    Computed shiftedBy(PerChannel summands) {
      return new Computed(values, scale, shift.plus(summands));
    }
  }

  /** The tensor has the values of one of another checkpoint. */
  record Kept(SourceTensor tensor) implements Source {
    @Override
    public String label() {
      return "kept";
    }

    @Override
    public List<SourceTensor> tensors() {
      return List.of(tensor);
    }

    @Override
    public Source with(UnaryOperator<SourceTensor> change) {
      return new Kept(change.apply(tensor));
    }
  }

  /** The tensor is a function of one of another checkpoint. */
  record Expanded(Expansion expansion) implements Source {
    @Override
    public String label() {
      return "expanded";
    }

    @Override
    public List<SourceTensor> tensors() {
      return expansion.tensors();
    }

    @Override
    public Source with(UnaryOperator<SourceTensor> change) {
      return new Expanded(expansion.with(change));
    }
  }

  /** Returns the tensors of other checkpoints that it takes values from. */
  default List<SourceTensor> tensors() {
    return List.of();
  }

  /** Returns the same with other such tensors. */
  default Source with(UnaryOperator<SourceTensor> change) {
    return this;
  }

  /** Returns a word for it. */
  String label();

  /** Returns which tensors of other checkpoints it takes values from, in words. */
  default Optional<String> origin() {
    return tensors().stream()
        .map(tensor -> tensor.name() + " of " + tensor.path().replaceAll(".*/", ""))
        .reduce((a, b) -> a + " and " + b);
  }
}
