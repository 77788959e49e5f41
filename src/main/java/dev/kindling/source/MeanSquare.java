package dev.kindling.source;

import dev.kindling.checkpoint.TensorSource;
import dev.kindling.model.SourceTensor;
import dev.kindling.recipe.SourceReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The mean of the squares of a tensor's values, summed in index order in float64. */
final class MeanSquare {
  private static final int PIECE = 1 << 20;

  private MeanSquare() {}

  static double of(SourceTensor tensor, SourceReader reader) {
    long count = tensor.shape().elementCount();
    int width = tensor.type().bytes();
    double sum = 0;
    for (long at = 0; at < count; at += PIECE) {
      int length = (int) Math.min(PIECE, count - at);
      ByteBuffer bytes = ByteBuffer.allocate(length * width).order(ByteOrder.LITTLE_ENDIAN);
      reader.read(tensor, at, bytes);
      for (int i = 0; i < length; i++) {
        double value = TensorSource.number(tensor.type(), bytes, i * width);
        sum += value * value;
      }
    }
    return count == 0 ? 0 : sum / count;
  }
}
