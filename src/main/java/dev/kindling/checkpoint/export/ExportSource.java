package dev.kindling.checkpoint.export;

import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.recipe.ExternalFiles;
import dev.kindling.recipe.ExternalTensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/**
 * Where exports take values from: floats from the shards, all other kept tensors from where the
 * recipe says. For one thread.
 */
public final class ExportSource {
  private final Checkpoint checkpoint;
  private final ExternalTensors kept;

  /**
   * Prepares to read.
   *
   * @param files reads kept tensors that stand in files
   */
  public ExportSource(Checkpoint checkpoint, ExternalFiles files) {
    this.checkpoint = checkpoint;
    this.kept = new ExternalTensors(files);
  }

  /** Writes the values of a tensor, little-endian in its type there, in index order. */
  void write(StoredTensor tensor, OutputStream out) throws IOException {
    if (tensor.entry().type().isFloat()) {
      ValueConversion conversion = new ValueConversion(checkpoint.dtype(), tensor.type());
      checkpoint.read(
          tensor.entry().tensor(), (start, values) -> write(conversion.convert(values), out));
    } else {
      WritableByteChannel channel = Channels.newChannel(out);
      channel.write(kept.bytes(tensor.entry()));
    }
  }

  private static void write(ByteBuffer values, OutputStream out) throws IOException {
    out.write(values.array(), values.arrayOffset() + values.position(), values.remaining());
  }
}
