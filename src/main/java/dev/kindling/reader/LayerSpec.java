package dev.kindling.reader;

import java.util.List;

/** One layer of a layer YAML, checked as far as it can be without shapes. */
sealed interface LayerSpec {
  /** Returns the name that its nodes and tensors begin with, unique in the model. */
  String name();

  /** Returns its line in the file. */
  int line();

  /** An operator without parameters that keeps the shape; {@code operator} is ONNX's name. */
  record Activation(String name, int line, String operator) implements LayerSpec {}

  /** Softmax over the last axis. */
  record Softmax(String name, int line) implements LayerSpec {}

  /** All axes become one. */
  record Flatten(String name, int line) implements LayerSpec {}

  /** Drops a fraction of the elements while training. */
  record Dropout(String name, int line, double fraction) implements LayerSpec {}

  /** A fully connected layer on the last axis. */
  record Dense(String name, int line, long out, Bias bias) implements LayerSpec {}

  /** A convolution over {@code window.kernel().size()} axes. */
  record Conv(String name, int line, long out, Window window, long groups, Bias bias)
      implements LayerSpec {}

  /** A transposed convolution. */
  record TransposedConv(
      String name,
      int line,
      long out,
      Window window,
      List<Long> outputPadding,
      long groups,
      Bias bias)
      implements LayerSpec {}

  /** Max or average pooling; {@code operator} is ONNX's name. */
  record Pool(String name, int line, String operator, Window window) implements LayerSpec {}

  /** The mean over all spatial axes, which go. */
  record GlobalAveragePool(String name, int line) implements LayerSpec {}

  /** Batch normalisation over the first axis. */
  record BatchNorm(String name, int line, double epsilon) implements LayerSpec {}

  /** Layer normalisation over the last axis. */
  record LayerNorm(String name, int line, double epsilon) implements LayerSpec {}

  /** The sum of two branches; an empty shortcut is the identity. */
  record Residual(String name, int line, List<LayerSpec> branch, List<LayerSpec> shortcut)
      implements LayerSpec {
    public Residual {
      branch = List.copyOf(branch);
      shortcut = List.copyOf(shortcut);
    }
  }

  /** Whether a layer has a bias. */
  enum Bias {
    PRESENT,
    ABSENT
  }

  /**
   * How a convolution or pooling moves; one number per spatial axis.
   *
   * @param padding on either side of each axis, or empty for {@code same}: the output is the input
   *     divided by the stride
   */
  record Window(List<Long> kernel, List<Long> stride, List<Long> padding, List<Long> dilation) {
    /** Returns the number of spatial axes. */
    int rank() {
      return kernel.size();
    }

    boolean isSame() {
      return padding.isEmpty();
    }

    /** Returns how many inputs the kernel spans on an axis. */
    long span(int axis) {
      return dilation.get(axis) * (kernel.get(axis) - 1) + 1;
    }
  }
}
