package dev.kindling.source;

import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.model.SourceTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** A checkpoint of ours; its manifest has the digests. */
final class OwnSource extends SourceCheckpoint {
  private final Checkpoint checkpoint;

  private OwnSource(String path, Map<String, SourceTensor> tensors, Checkpoint checkpoint) {
    super(path, tensors);
    this.checkpoint = checkpoint;
  }

  static OwnSource open(String path, Checkpoint checkpoint) {
    Map<String, SourceTensor> tensors = new LinkedHashMap<>();
    for (ManifestTensor tensor : checkpoint.tensors()) {
      tensors.put(
          tensor.name(),
          new SourceTensor(
              path, tensor.name(), tensor.shape(), tensor.dtype(), tensor.digest().toString()));
    }
    return new OwnSource(path, tensors, checkpoint);
  }

  /** The manifest has it. */
  @Override
  double meanSquare(SourceTensor tensor) {
    ManifestTensor found = checkpoint.tensor(tensor.name());
    return found.mean() * found.mean() + found.std() * found.std();
  }

  @Override
  void fill(SourceTensor tensor, long start, ByteBuffer target) {
    long end = start + target.remaining() / tensor.type().bytes();
    try {
      checkpoint.read(tensor.name(), start, end, (at, values) -> target.put(values.duplicate()));
    } catch (IOException | VerificationException e) {
      throw refuse(tensor, String.valueOf(e.getMessage()));
    }
  }
}
