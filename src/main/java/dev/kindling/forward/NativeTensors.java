package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import java.util.ArrayDeque;
import java.util.Deque;

/** Native tensors that are freed together. */
final class NativeTensors implements AutoCloseable {
  private final Deque<OnnxTensor> tensors = new ArrayDeque<>();

  OnnxTensor add(OnnxTensor tensor) {
    tensors.push(tensor);
    return tensor;
  }

  @Override
  public void close() {
    while (!tensors.isEmpty()) {
      tensors.pop().close();
    }
  }
}
