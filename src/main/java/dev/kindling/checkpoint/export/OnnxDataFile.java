package dev.kindling.checkpoint.export;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.base.ResourceException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Failures;
import dev.kindling.checkpoint.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * External data of an ONNX model: values of tensors, each from a multiple of {@link #ALIGNMENT} on,
 * zeros between them.
 *
 * @param name name of the file
 * @param tensors its tensors in order
 */
public record OnnxDataFile(String name, List<StoredTensor> tensors) implements ExportFile {
  /** The page size that ONNX recommends, so that runtimes can map the file. */
  private static final int ALIGNMENT = 4096;

  public OnnxDataFile {
    tensors = List.copyOf(tensors);
  }

  @Override
  public void write(ExportSource source, FileSystem fs, Path folder) {
    WholeFile.write(fs, new Path(folder, name), out -> write(source, out));
  }

  private void write(ExportSource source, OutputStream out) throws IOException {
    long position = 0;
    for (StoredTensor tensor : tensors) {
      long start = aligned(position);
      out.write(new byte[(int) (start - position)]);
      source.write(tensor, out);
      position = start + tensor.bytes();
    }
  }

  /** Returns the tensors as the model names them. */
  List<TensorProto> references() {
    List<TensorProto> references = new ArrayList<>();
    long position = 0;
    for (StoredTensor tensor : tensors) {
      long start = aligned(position);
      references.add(OnnxTensors.elsewhere(tensor, name, start));
      position = start + tensor.bytes();
    }
    return references;
  }

  /**
   * Checks the length of the written file.
   *
   * @throws VerificationException if it is another
   */
  void check(FileSystem fs, Path folder) {
    Path path = new Path(folder, name);
    try {
      long found = fs.getFileStatus(path).getLen();
      if (found != length()) {
        throw new VerificationException(
            "Cannot export '%s': its length is not as written (expected %d bytes, found %d)"
                .formatted(path, length(), found));
      }
    } catch (IOException e) {
      throw new ResourceException("Cannot look at '%s': %s".formatted(path, Failures.reason(e)), e);
    }
  }

  private long length() {
    long position = 0;
    for (StoredTensor tensor : tensors) {
      position = aligned(position) + tensor.bytes();
    }
    return position;
  }

  private static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
