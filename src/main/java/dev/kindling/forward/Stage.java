package dev.kindling.forward;

import com.google.protobuf.ByteString;
import dev.kindling.base.Require;
import dev.kindling.model.Layer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The slice of a graph from one calibrated layer's output to the next, as an ONNX model of its own.
 * It starts by scaling the previous layer's output and adding its bias, and ends with its own
 * layer's output z, which has no bias yet.
 *
 * @param index position among the stages, from 0
 * @param layer the layer whose output ends the stage
 * @param onnx the serialised model
 * @param liveIn tensors of the frontier that it reads
 * @param tensors tensors of the recipe that it reads, fed as graph inputs
 * @param scale name of the float32 input that the previous layer's output is multiplied with, a
 *     scalar or one number per channel; absent if nothing needs that output
 * @param z name of the output
 * @param channelAxis where z keeps its channels
 * @param liveOut the frontier after it: tensors that later stages need, whether it makes them or
 *     not
 * @param bias what the next stage adds to z, if anything
 * @param activation what is measured instead of z and bias, if anything; z is then part of the
 *     frontier after the stage
 * @param slices how z is made if the layer's weight is too large for one piece: the model then ends
 *     with the layer's input
 */
public record Stage(
    int index,
    Layer layer,
    ByteString onnx,
    List<String> liveIn,
    List<String> tensors,
    Optional<String> scale,
    String z,
    ChannelAxis channelAxis,
    List<String> liveOut,
    Optional<Bias> bias,
    Optional<Activation> activation,
    Optional<Slices> slices)
    implements Serializable {
  public Stage {
    Require.notNegative(index, "index");
    Objects.requireNonNull(layer, "layer is null");
    Objects.requireNonNull(onnx, "onnx is null");
    liveIn = List.copyOf(liveIn);
    tensors = List.copyOf(tensors);
    liveOut = List.copyOf(liveOut);
  }

  /** Returns a stage of whose layer the output is measured. */
  public Stage(
      int index,
      Layer layer,
      ByteString onnx,
      List<String> liveIn,
      List<String> tensors,
      Optional<String> scale,
      String z,
      ChannelAxis channelAxis,
      List<String> liveOut,
      Optional<Bias> bias) {
    this(
        index,
        layer,
        onnx,
        liveIn,
        tensors,
        scale,
        z,
        channelAxis,
        liveOut,
        bias,
        Optional.empty(),
        Optional.empty());
  }

  /** Returns what a run of the model leaves of a micro-batch. */
  public List<String> kept() {
    if (slices.isEmpty()) {
      return liveOut;
    }
    List<String> kept = new ArrayList<>(liveOut);
    kept.remove(z);
    kept.add(slices.get().input());
    return kept;
  }

  /** Returns whether later stages need z. */
  public boolean keepsOutput() {
    return liveOut.contains(z);
  }

  /** Returns the names of all tensors of the recipe that the stage needs. */
  public Set<String> reads() {
    Set<String> reads = new LinkedHashSet<>(tensors);
    bias.ifPresent(added -> reads.addAll(added.tensors()));
    activation.ifPresent(made -> reads.addAll(made.tensors()));
    slices.ifPresent(cut -> reads.add(cut.weight()));
    return reads;
  }

  /**
   * A layer's bias, one value per channel or one for all.
   *
   * @param tensor name of the tensor that is added
   * @param factor what it is multiplied with first: Gemm's beta, otherwise 1
   * @param onnx a model whose only output is that tensor: the recipe may hold it in another shape
   * @param tensors tensors of the recipe that this model reads
   */
  public record Bias(String tensor, float factor, ByteString onnx, List<String> tensors)
      implements Serializable {
    public Bias {
      Require.notBlank(tensor, "tensor");
      Require.finite(factor, "factor");
      Objects.requireNonNull(onnx, "onnx is null");
      tensors = List.copyOf(tensors);
    }

    /** Returns whether the tensor that is added is the recipe's as it stands. */
    boolean isPlain() {
      return tensors.equals(List.of(tensor));
    }
  }

  /**
   * What makes the activation behind a layer from z. It has the shape of z.
   *
   * @param operator the function, such as Relu
   * @param scale name of the float32 input that z is multiplied with, as the next stage does it
   * @param onnx a model whose only output is the activation
   * @param tensors tensors of the recipe that this model reads
   */
  public record Activation(String operator, String scale, ByteString onnx, List<String> tensors)
      implements Serializable {
    public Activation {
      Require.notBlank(operator, "operator");
      Require.notBlank(scale, "scale");
      Objects.requireNonNull(onnx, "onnx is null");
      tensors = List.copyOf(tensors);
    }
  }

  private Object writeReplace() {
    return new Serialised(
        index,
        layer,
        onnx,
        List.of(liveIn, tensors, liveOut),
        scale.orElse(null),
        z,
        channelAxis,
        bias.orElse(null),
        activation.orElse(null),
        slices.orElse(null));
  }

  /** The same without {@code Optional}, which cannot be serialised. */
  private record Serialised(
      int index,
      Layer layer,
      ByteString onnx,
      List<List<String>> names,
      String scale,
      String z,
      ChannelAxis channelAxis,
      Bias bias,
      Activation activation,
      Slices slices)
      implements Serializable {
    private Object readResolve() {
      return new Stage(
          index,
          layer,
          onnx,
          names.get(0),
          names.get(1),
          Optional.ofNullable(scale),
          z,
          channelAxis,
          names.get(2),
          Optional.ofNullable(bias),
          Optional.ofNullable(activation),
          Optional.ofNullable(slices));
    }
  }
}
