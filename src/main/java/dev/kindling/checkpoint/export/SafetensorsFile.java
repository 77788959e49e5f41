package dev.kindling.checkpoint.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.Require;
import dev.kindling.base.ResourceException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Failures;
import dev.kindling.checkpoint.Json;
import dev.kindling.checkpoint.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A safetensors file: 8 bytes with the length of the head, the head as JSON filled up with blanks
 * to a multiple of 8, then the tensors one after the other. Source: Hugging Face, safetensors,
 * "Format".
 *
 * @param name its name
 * @param tensors its tensors in order
 */
public record SafetensorsFile(String name, List<StoredTensor> tensors) implements ExportFile {
  private static final int ALIGNMENT = 8;

  public SafetensorsFile {
    Require.notBlank(name, "name");
    tensors = List.copyOf(tensors);
  }

  /** Returns the bytes of all values. */
  public long valueBytes() {
    return tensors.stream().mapToLong(StoredTensor::bytes).sum();
  }

  @Override
  public void write(ExportSource source, FileSystem fs, Path folder) {
    WholeFile.write(
        fs,
        new Path(folder, name),
        out -> {
          out.write(head());
          for (StoredTensor tensor : tensors) {
            source.write(tensor, out);
          }
        });
  }

  /**
   * Reads the head of the written file back.
   *
   * @throws VerificationException if it or the length is not what was written
   */
  public void check(FileSystem fs, Path folder) {
    Path path = new Path(folder, name);
    byte[] expected = head();
    byte[] found = new byte[expected.length];
    try (FSDataInputStream in = fs.open(path)) {
      FileStatus status = fs.getFileStatus(path);
      in.readFully(0, found);
      long length = expected.length + valueBytes();
      if (!Arrays.equals(expected, found) || status.getLen() != length) {
        throw new VerificationException(
            "Cannot export '%s': its head or length is not as written (expected %d bytes, found %d)"
                .formatted(path, length, status.getLen()));
      }
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot read '%s' back: %s".formatted(path, Failures.reason(e)), e);
    }
  }

  private byte[] head() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (StoredTensor tensor : tensors) {
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.type().name());
      ArrayNode shape = node.putArray("shape");
      tensor.entry().shape().dims().forEach(shape::add);
      long end = offset + tensor.bytes();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = Json.compact(root).getBytes(StandardCharsets.UTF_8);
    int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] head = new byte[Long.BYTES + length];
    Arrays.fill(head, (byte) ' ');
    ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json);
    return head;
  }
}
