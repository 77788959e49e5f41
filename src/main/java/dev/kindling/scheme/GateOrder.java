package dev.kindling.scheme;

/**
 * How a recurrent layer's bias holds its gates, one letter each: input, forget, cell (g, c or j),
 * output; reset, update (z), new. {@code z} keeps the old state where it is near 1, as in PyTorch,
 * Keras and ONNX.
 */
public enum GateOrder {
  /** LSTM of PyTorch and cuDNN. */
  IFGO,
  /** LSTM of Keras. */
  IFCO,
  /** LSTM of Deeplearning4j. */
  IFOG,
  /** LSTM of ONNX. */
  IOFC,
  /** LSTM of TensorFlow 1. */
  IJFO,
  /** GRU of PyTorch and cuDNN. */
  RZN,
  /** GRU of Keras and ONNX. */
  ZRH;

  /** Returns the number of gates. */
  public int count() {
    return name().length();
  }

  /** Returns the place of the gate that keeps the state: forget, or update of a GRU. */
  public int keep() {
    return isGru() ? name().indexOf('Z') : name().indexOf('F');
  }

  /** Returns the place of an LSTM's input gate, -1 for a GRU. */
  public int input() {
    return name().indexOf('I');
  }

  /** Returns whether these are a GRU's gates. */
  public boolean isGru() {
    return name().indexOf('Z') >= 0;
  }

  /** Returns this order if it is an LSTM's. */
  GateOrder ofLstm() {
    if (isGru()) {
      throw new IllegalArgumentException("order " + this + " is a GRU's, which has no forget gate");
    }
    return this;
  }

  /** Returns this order if it is a GRU's. */
  GateOrder ofGru() {
    if (!isGru()) {
      throw new IllegalArgumentException(
          "order " + this + " is an LSTM's, which has no update gate");
    }
    return this;
  }
}
