package dev.kindling.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a tensor is for. In configuration the names are kebab-case: {@code transposed-conv}. */
public enum Role {
  DENSE,
  CONV,
  TRANSPOSED_CONV,
  DEPTHWISE,
  EMBEDDING,
  RECURRENT_INPUT,
  RECURRENT_HIDDEN,
  RECURRENT_BIAS,
  FUSED_QKV,
  BIAS,
  NORM_SCALE,
  NORM_SHIFT,
  RUNNING_MEAN,
  RUNNING_VARIANCE,
  RESIDUAL_SCALE,
  /** A learned tensor that is added to activations: position, class token, bias table. */
  ADDITIVE,
  /** Anything else: kept as the model has it. */
  CONSTANT;

  /** Returns whether {@code init.default} covers this role. */
  public boolean isWeight() {
    return switch (this) {
      case DENSE, CONV, TRANSPOSED_CONV, DEPTHWISE, RECURRENT_INPUT, RECURRENT_HIDDEN, FUSED_QKV ->
          true;
      case EMBEDDING,
          RECURRENT_BIAS,
          BIAS,
          NORM_SCALE,
          NORM_SHIFT,
          RUNNING_MEAN,
          RUNNING_VARIANCE,
          RESIDUAL_SCALE,
          ADDITIVE,
          CONSTANT ->
          false;
    };
  }

  /** Returns the name used in configuration and recipes. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the role with this label, or nothing. */
  public static Optional<Role> ofLabel(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
