package dev.kindling.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a tensor is for. In configuration the names are kebab-case: {@code transposed-conv}. */
public enum Role {
  DENSE,
  /**
   * A dense weight with several axes for its inputs or its outputs, and a last one for the other.
   */
  JOINT_DENSE,
  /**
   * A dense weight with several last axes for its inputs or its outputs, and a first one for the
   * other.
   */
  SPREAD_DENSE,
  /**
   * A dense weight whose first half of axes is for its inputs or outputs, the second for the other.
   */
  PAIRED_DENSE,
  CONV,
  TRANSPOSED_CONV,
  DEPTHWISE,
  EMBEDDING,
  RECURRENT_INPUT,
  RECURRENT_HIDDEN,
  RECURRENT_BIAS,
  FUSED_QKV,
  /** The matrices of a mixture of experts: one behind the other on the first of three axes. */
  EXPERTS,
  BIAS,
  NORM_SCALE,
  NORM_SHIFT,
  RUNNING_MEAN,
  RUNNING_VARIANCE,
  RESIDUAL_SCALE,
  /** A learned tensor that is added to activations: position, class token, bias table. */
  ADDITIVE,
  /** The slope of a PReLU below zero. */
  SLOPE,
  /** Anything else: kept as the model has it. */
  CONSTANT;

  /** Rank of a tensor that holds a matrix for each direction or expert. */
  private static final int STACKED_RANK = 3;

  /** Returns whether {@code init.default} covers this role. */
  public boolean isWeight() {
    return switch (this) {
      case DENSE,
          JOINT_DENSE,
          SPREAD_DENSE,
          PAIRED_DENSE,
          CONV,
          TRANSPOSED_CONV,
          DEPTHWISE,
          RECURRENT_INPUT,
          RECURRENT_HIDDEN,
          FUSED_QKV,
          EXPERTS ->
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
          SLOPE,
          CONSTANT ->
          false;
    };
  }

  /**
   * Returns the shape that fans, ranks and matrices are counted on: the directions of a recurrent
   * weight and the experts, the first of three axes, are stacked; the axes of a joint, spread or
   * paired dense weight are joined to two; every other shape stays.
   */
  public Shape matrix(Shape shape) {
    if (this == JOINT_DENSE && shape.rank() > 2) {
      int last = shape.rank() - 1;
      long columns = shape.dim(last);
      long rows = shape.dims().subList(0, last).stream().reduce(1L, Math::multiplyExact);
      return Shape.of(rows, columns);
    }
    if (this == SPREAD_DENSE && shape.rank() > 2) {
      return Shape.of(shape.dim(0), shape.elementsFrom(1));
    }
    if (this == PAIRED_DENSE && shape.rank() % 2 == 0) {
      long columns = shape.elementsFrom(shape.rank() / 2);
      return Shape.of(columns == 0 ? 0 : shape.elementCount() / columns, columns);
    }
    boolean stacks = this == RECURRENT_INPUT || this == RECURRENT_HIDDEN || this == EXPERTS;
    return stacks && shape.rank() == STACKED_RANK
        ? Shape.of(Math.multiplyExact(shape.dim(0), shape.dim(1)), shape.dim(2))
        : shape;
  }

  /** Returns whether the tensor is one of a recurrent layer. */
  public boolean isRecurrent() {
    return this == RECURRENT_INPUT || this == RECURRENT_HIDDEN || this == RECURRENT_BIAS;
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
