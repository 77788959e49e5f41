package dev.kindling.recipe;

import dev.kindling.model.Activation;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Planner.Choice;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.GlorotUniform;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.LecunNormal;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Ones;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Zeros;
import java.util.Locale;
import java.util.Optional;

/** The scheme that a tensor gets when the user states none. */
final class Recommendation {
  /**
   * Standard deviation of embeddings and of learned tensors that are added, as in BERT and GPT-2.
   */
  private static final double SMALL_STD = 0.02;

  private Recommendation() {}

  /** Returns the recommendation, or nothing if the tensor keeps the model's values. */
  static Optional<Choice> of(Tensor tensor, boolean calibrated) {
    return switch (tensor.role()) {
      case DENSE, CONV, DEPTHWISE, TRANSPOSED_CONV ->
          Optional.of(
              calibrated ? new Choice(new Orthogonal(1), "lsuv: orthonormal") : forLayer(tensor));
      case BIAS, NORM_SHIFT, RUNNING_MEAN, RECURRENT_BIAS -> builtIn(tensor, new Zeros());
      case NORM_SCALE, RUNNING_VARIANCE, RESIDUAL_SCALE -> builtIn(tensor, new Ones());
      case EMBEDDING, ADDITIVE -> builtIn(tensor, new Normal(0, SMALL_STD));
      case RECURRENT_INPUT, RECURRENT_HIDDEN, FUSED_QKV ->
          throw new IllegalArgumentException(
              "there is no recommendation for role %s; set init.default or add a rule to init.rules"
                  .formatted(tensor.role().label()));
      case CONSTANT -> Optional.empty();
    };
  }

  private static Choice forLayer(Tensor tensor) {
    Activation activation = tensor.activation();
    String why =
        "recommended: %s + %s"
            .formatted(tensor.role().label(), activation.name().toLowerCase(Locale.ROOT));
    if (activation == Activation.RELU) {
      return new Choice(new HeNormal(FanMode.FAN_IN, 0), why);
    }
    // Glorot's average of both fans presumes that they are alike, which they are not for these two.
    if (tensor.role() == Role.DEPTHWISE || tensor.role() == Role.TRANSPOSED_CONV) {
      return new Choice(new LecunNormal(), why);
    }
    return new Choice(new GlorotUniform(1), why);
  }

  private static Optional<Choice> builtIn(Tensor tensor, Scheme scheme) {
    return Optional.of(new Choice(scheme, "built-in: " + tensor.role().label()));
  }
}
