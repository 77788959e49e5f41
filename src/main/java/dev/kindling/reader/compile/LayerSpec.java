package dev.kindling.reader.compile;

import java.util.List;
import java.util.Optional;

/** One layer of a layer YAML, checked as far as it can be without shapes. */
public sealed interface LayerSpec {
  /** Returns the name that its nodes and tensors begin with, unique in the model. */
  String name();

  /** Returns its line in the file. */
  int line();

  /**
   * A function of single elements, without trained parameters.
   *
   * @param slope of a leaky ReLU or the alpha of an ELU, otherwise without meaning
   */
  record Activation(String name, int line, String function, double slope) implements LayerSpec {}

  /** A leaky ReLU whose slope is trained, one for all channels or one for each. */
  record PRelu(String name, int line, Per per) implements LayerSpec {}

  /** Softmax over the last axis. */
  record Softmax(String name, int line) implements LayerSpec {}

  /** All axes become one. */
  record Flatten(String name, int line) implements LayerSpec {}

  /** Drops a fraction of the elements while training. */
  record Dropout(String name, int line, double fraction) implements LayerSpec {}

  /**
   * A fully connected layer on the last axis.
   *
   * @param tied name of the layer whose weight it shares, if it has none of its own
   */
  record Dense(String name, int line, long out, Bias bias, Optional<String> tied)
      implements LayerSpec {}

  /** A convolution over {@code window.kernel().size()} axes. */
  record Conv(String name, int line, long out, Window window, long groups, Bias bias)
      implements LayerSpec {}

  /** A convolution of each channel by itself, into {@code multiplier} channels. */
  record Depthwise(String name, int line, long multiplier, Window window, Bias bias)
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

  /** Root mean square normalisation over the last axis. */
  record RmsNorm(String name, int line, double epsilon) implements LayerSpec {}

  /** Rows of a table, by token id. */
  record Embedding(String name, int line, long rows, long width) implements LayerSpec {}

  /** Adds a trained row for each position. */
  record PositionEmbedding(String name, int line, long rows) implements LayerSpec {}

  /** A trained factor, such as a residual branch may end in. */
  record Scale(String name, int line, Per per) implements LayerSpec {}

  /** A trained summand for all elements. */
  record Shift(String name, int line) implements LayerSpec {}

  /**
   * Multi-head attention over the first axis.
   *
   * @param keyHeads heads of keys and values, fewer than {@code heads} if they are grouped
   * @param headWidth width of a head, absent for an equal share of the input's
   * @param memory layer whose output keys and values are made of, absent for the input itself
   */
  record Attention(
      String name,
      int line,
      long heads,
      long keyHeads,
      Optional<Long> headWidth,
      Projections projections,
      Mask mask,
      Positions positions,
      Bias bias,
      Optional<String> memory)
      implements LayerSpec {
    /** How queries, keys and values are stored. */
    public enum Projections {
      SEPARATE,
      FUSED
    }

    /** Which positions a query sees. */
    public enum Mask {
      NONE,
      /** Its own and earlier ones. */
      CAUSAL
    }

    /** What queries and keys know of their position. */
    public enum Positions {
      NONE,
      /** Pairs of elements are turned by an angle that grows with the position. */
      ROTARY
    }
  }

  /** Two dense layers around an activation, or three if a gate multiplies it. */
  record Mlp(
      String name, int line, long hidden, String function, Form form, Bias bias, Bias outBias)
      implements LayerSpec {
    /** Whether the activation is multiplied. */
    public enum Form {
      PLAIN,
      GATED
    }
  }

  /**
   * An LSTM, GRU or plain recurrent layer over the first axis.
   *
   * @param operator ONNX's name
   * @param function activation of a plain one
   */
  record Recurrent(
      String name,
      int line,
      String operator,
      long units,
      Direction direction,
      Output output,
      String function)
      implements LayerSpec {
    /** Which ways time runs. */
    public enum Direction {
      FORWARD,
      BIDIRECTIONAL
    }

    /** What is put out. */
    public enum Output {
      SEQUENCE,
      LAST
    }
  }

  /** Goes on from the output of another layer, or from an input. */
  record From(String name, int line, String layer) implements LayerSpec {}

  /** The sum of what came in and of other layers' outputs. */
  record Add(String name, int line, List<String> others) implements LayerSpec {}

  /** What came in and other layers' outputs, next to each other on an axis. */
  record Concat(String name, int line, List<String> others, long axis) implements LayerSpec {}

  /**
   * The sum of two branches; an empty shortcut is the identity.
   *
   * @param skipScale constant factor on the shortcut
   */
  record Residual(
      String name, int line, List<LayerSpec> branch, List<LayerSpec> shortcut, double skipScale)
      implements LayerSpec {
    public Residual {
      branch = List.copyOf(branch);
      shortcut = List.copyOf(shortcut);
    }
  }

  /** What has a trained number of its own. */
  enum Per {
    TENSOR,
    CHANNEL
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
