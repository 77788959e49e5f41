package dev.kindling.reader;

import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Reads a model from any format there is a reader for. The extension of its path chooses: {@code
 * .onnx}; {@code .yaml} or {@code .yml} for layers; {@code .json} for shapes.
 */
public final class ModelReader {
  /** Far above any layer list or table of shapes, far below what would exhaust memory. */
  private static final int MAX_TEXT_BYTES = 64 << 20;

  private ModelReader() {}

  /**
   * Reads a model.
   *
   * @param path stands in messages and in {@link dev.kindling.model.ExternalValues.InFile}; nothing
   *     is opened
   * @throws InputException if the bytes are not a model of the format that the extension names
   */
  public static Model read(byte[] bytes, String path) {
    return read(new ByteArrayInputStream(bytes), path);
  }

  /**
   * Reads a model, to the end of the stream; does not close it.
   *
   * @param path stands in messages and in {@link dev.kindling.model.ExternalValues.InFile}; nothing
   *     is opened
   * @throws InputException if the bytes are not a model of the format that the extension names, or
   *     cannot be read
   */
  public static Model read(InputStream bytes, String path) {
    ModelFile file = new ModelFile(path);
    String name = file.name().toLowerCase(Locale.ROOT);
    try {
      return switch (name.substring(name.lastIndexOf('.') + 1)) {
        case "onnx" -> OnnxReader.read(bytes, file);
        case "yaml", "yml" -> LayerYamlReader.read(text(bytes, file), file);
        case "json" -> ShapesReader.read(text(bytes, file), file);
        default ->
            throw file.refuse(
                "its extension names no known format (expected .onnx, .yaml, .yml or .json)");
      };
    } catch (IOException e) {
      throw new InputException(file.refuse(String.valueOf(e.getMessage())).getMessage(), e);
    }
  }

  private static byte[] text(InputStream bytes, ModelFile file) throws IOException {
    byte[] text = bytes.readNBytes(MAX_TEXT_BYTES + 1);
    if (text.length > MAX_TEXT_BYTES) {
      throw file.refuse("it is too long (expected at most %d bytes)".formatted(MAX_TEXT_BYTES));
    }
    return text;
  }
}
