package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The values of a tensor that an ONNX model keeps in another file beside it. The file need not be
 * there: a model whose weights are drawn anew is known by its shapes.
 */
public final class ExternalDataFile {
  private final ModelFolder folder;
  private final ModelFile file;

  public ExternalDataFile(ModelFolder folder, ModelFile file) {
    this.folder = folder;
    this.file = file;
  }

  /**
   * Returns the values, or nothing if there is no such file.
   *
   * @throws dev.kindling.base.InputException if the file is outside the model's folder or too short
   */
  public Optional<ByteBuffer> read(TensorProto tensor, String name) {
    return path(tensor, name).flatMap(path -> read(tensor, name, path));
  }

  /** Returns the path of the file that holds the values, or nothing if the model names none. */
  public Optional<String> path(TensorProto tensor, String name) {
    return entry(tensor, "location").map(location -> within(location, name));
  }

  /**
   * Returns where in that file the values begin.
   *
   * @throws dev.kindling.base.InputException if that is no number, or the model states a length
   *     that is not that of the values
   */
  public long offset(TensorProto tensor, String name) {
    long length = lengthBytes(tensor, name);
    long stated = number(tensor, name, "length").orElse(length);
    if (stated != length) {
      throw refuse(
          name,
          "its values in %s do not fit %s %s (expected %d bytes, found %d)"
              .formatted(
                  path(tensor, name).orElse(""),
                  OnnxValues.type(tensor, name, file).label(),
                  OnnxValues.shape(tensor, name, file),
                  length,
                  stated));
    }
    return number(tensor, name, "offset").orElse(0L);
  }

  private long lengthBytes(TensorProto tensor, String name) {
    return OnnxValues.shape(tensor, name, file).elementCount()
        * OnnxValues.type(tensor, name, file).bytes();
  }

  private Optional<ByteBuffer> read(TensorProto tensor, String name, String path) {
    long length = lengthBytes(tensor, name);
    if (length > Integer.MAX_VALUE - 8) {
      throw refuse(name, "its values in %s are longer than 2 GiB".formatted(path));
    }
    return bytes(path, name, offset(tensor, name), (int) length);
  }

  private Optional<ByteBuffer> bytes(String path, String name, long offset, int length) {
    try (ModelFolder.Opened opened = folder.open(path)) {
      opened.bytes().skipNBytes(offset);
      byte[] values = opened.bytes().readNBytes(length);
      if (values.length < length) {
        throw refuse(
            name,
            "its values in %s are cut off (expected %d bytes at %d, found %d)"
                .formatted(path, length, offset, values.length));
      }
      return Optional.of(ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN));
    } catch (FileNotFoundException | java.nio.file.NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw refuse(name, "its values in %s cannot be read: %s".formatted(path, e.getMessage()));
    }
  }

  private String within(String location, String name) {
    boolean leaves =
        location.startsWith("/")
            || location.contains("\\")
            || location.contains(":")
            || java.util.Arrays.asList(location.split("/", -1)).contains("..");
    if (leaves) {
      throw refuse(
          name, "its values are outside the model's folder (found '%s')".formatted(location));
    }
    return file.sibling(location);
  }

  private Optional<Long> number(TensorProto tensor, String name, String key) {
    Optional<String> text = entry(tensor, key);
    if (text.isPresent() && !text.get().matches("\\d{1,18}")) {
      throw refuse(name, "%s of its external data is no number: %s".formatted(key, text.get()));
    }
    return text.map(Long::valueOf);
  }

  private static Optional<String> entry(TensorProto tensor, String key) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .findFirst();
  }

  private RuntimeException refuse(String name, String reason) {
    return file.refuse("tensor '%s'".formatted(name), reason);
  }
}
