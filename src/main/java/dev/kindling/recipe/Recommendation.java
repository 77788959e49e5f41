package dev.kindling.recipe;

import dev.kindling.model.Activation;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Planner.Choice;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.Gain;
import dev.kindling.scheme.GlorotUniform;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.Irnn;
import dev.kindling.scheme.LecunNormal;
import dev.kindling.scheme.LstmBias;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Ones;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Zeros;
import java.util.Optional;

/** The scheme that a tensor gets when the user states none. */
final class Recommendation {
  /**
   * Standard deviation of embeddings and of learned tensors that are added, as in BERT and GPT-2.
   */
  private static final double SMALL_STD = 0.02;

  /** What PReLU starts with. */
  private static final double SLOPE = 0.25;

  /** A sigmoid's slope at 0 is 1/4. */
  private static final double SIGMOID_GAIN = 4;

  private Recommendation() {}

  /** Returns the recommendation, or nothing if the tensor keeps the model's values. */
  static Optional<Choice> of(Tensor tensor, boolean calibrated) {
    return switch (tensor.role()) {
      case DENSE,
          JOINT_DENSE,
          SPREAD_DENSE,
          PAIRED_DENSE,
          CONV,
          DEPTHWISE,
          TRANSPOSED_CONV,
          EXPERTS ->
          Optional.of(
              calibrated ? new Choice(new Orthogonal(1), "lsuv: orthonormal") : forLayer(tensor));
      case BIAS, NORM_SHIFT, RUNNING_MEAN -> builtIn(tensor, new Zeros());
      case RECURRENT_BIAS -> builtIn(tensor, recurrentBias(tensor));
      case NORM_SCALE, RUNNING_VARIANCE, RESIDUAL_SCALE -> builtIn(tensor, new Ones());
      case EMBEDDING, ADDITIVE -> builtIn(tensor, new Normal(0, SMALL_STD));
      case FUSED_QKV ->
          calibrated
              ? Optional.of(new Choice(new Orthogonal(1), "lsuv: orthonormal"))
              : recommended(tensor, new GlorotUniform(1));
      case RECURRENT_INPUT -> recommended(tensor, new GlorotUniform(1));
      case RECURRENT_HIDDEN ->
          recommended(
              tensor,
              tensor.activation().equals(Activation.RELU) ? new Irnn(1) : new Orthogonal(1));
      case SLOPE ->
          tensor.values().isPresent() ? Optional.empty() : builtIn(tensor, new Constant(SLOPE));
      case CONSTANT -> Optional.empty();
    };
  }

  private static Choice forLayer(Tensor tensor) {
    Activation activation = tensor.activation();
    String why = "recommended: %s + %s".formatted(tensor.role().label(), activation.label());
    return new Choice(
        switch (activation.kind()) {
          case RELU, LEAKY_RELU -> new HeNormal(FanMode.FAN_IN, activation.slope());
          case SELU, ELU, GELU, SILU, MISH, HARD_SWISH ->
              new LecunNormal(Gain.of(activation.label(), Convention.PAPER));
          case SIGMOID -> average(tensor, SIGMOID_GAIN);
          case NONE, TANH, OTHER -> average(tensor, 1);
        },
        why);
  }

  /** Glorot's mean of both fans presumes that they are alike, which they are not for these two. */
  private static Scheme average(Tensor tensor, double gain) {
    return tensor.role() == Role.DEPTHWISE || tensor.role() == Role.TRANSPOSED_CONV
        ? new LecunNormal(gain)
        : new GlorotUniform(gain);
  }

  /** An LSTM remembers from the start, where the model says which gate forgets. */
  private static Scheme recurrentBias(Tensor tensor) {
    return BiasGates.of(tensor)
        .filter(gates -> !gates.order().isGru())
        .<Scheme>map(gates -> new LstmBias(gates.order(), 1, gates.vectors()))
        .orElseGet(Zeros::new);
  }

  private static Optional<Choice> recommended(Tensor tensor, Scheme scheme) {
    return Optional.of(new Choice(scheme, "recommended: " + tensor.role().label()));
  }

  private static Optional<Choice> builtIn(Tensor tensor, Scheme scheme) {
    return Optional.of(new Choice(scheme, "built-in: " + tensor.role().label()));
  }
}
