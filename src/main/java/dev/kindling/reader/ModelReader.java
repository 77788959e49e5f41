package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import dev.kindling.reader.file.Tree;
import dev.kindling.reader.file.TreeParser;
import dev.kindling.reader.graph.OnnxFile;
import dev.kindling.reader.shapes.SafetensorsIndex;
import dev.kindling.reader.shapes.SafetensorsReader;
import dev.kindling.reader.shapes.ShapesReader;
import dev.kindling.reader.yaml.LayerYamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Reads a model from any format there is a reader for. The extension of its path chooses: {@code
 * .onnx}; {@code .yaml} or {@code .yml} for layers; {@code .json} for shapes or the index of
 * safetensors shards; {@code .safetensors} for the header of one file.
 */
public final class ModelReader {
  /** Far above any layer list or table of shapes, far below what would exhaust memory. */
  private static final int MAX_TEXT_BYTES = 64 << 20;

  private ModelReader() {}

  /**
   * Reads a model that is one file.
   *
   * @param path stands in messages and in {@link dev.kindling.model.ExternalValues.InFile}; nothing
   *     is opened
   * @throws InputException if the bytes are not a model of the format that the extension names
   */
  public static Model read(byte[] bytes, String path) {
    return read(ModelFolder.of(bytes, path), path);
  }

  /**
   * Reads a model.
   *
   * @param folder opens {@code path} and the files beside it that belong to the model
   * @param path stands in messages and in {@link dev.kindling.model.ExternalValues.InFile}
   * @throws InputException if the file is not a model of the format that its extension names, or
   *     cannot be read
   */
  public static Model read(ModelFolder folder, String path) {
    ModelFile file = new ModelFile(path);
    try (ModelFolder.Opened opened = folder.open(path)) {
      return read(opened, folder, file);
    } catch (IOException e) {
      throw new InputException(file.refuse(String.valueOf(e.getMessage())).getMessage(), e);
    }
  }

  private static Model read(ModelFolder.Opened opened, ModelFolder folder, ModelFile file)
      throws IOException {
    String name = file.name().toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "onnx" -> OnnxReader.analyse(OnnxFile.read(opened, file), folder, file);
      case "yaml", "yml" -> compiled(text(opened.bytes(), file), file);
      case "json" -> json(TreeParser.json(text(opened.bytes(), file), file), folder, file);
      case "safetensors" ->
          SafetensorsReader.read(opened.bytes(), opened.length(), file).model(file.name());
      default ->
          throw file.refuse(
              "its extension names no known format (expected .onnx, .yaml, .yml, .json or .safetensors)");
    };
  }

  private static Model compiled(byte[] layers, ModelFile file) throws IOException {
    ModelProto graph = LayerYamlReader.read(layers, file);
    return OnnxReader.analyse(graph, ModelFolder.of(new byte[0], file.path()), file);
  }

  private static Model json(Tree tree, ModelFolder folder, ModelFile file) throws IOException {
    return SafetensorsIndex.is(tree)
        ? SafetensorsIndex.read(tree, folder, file)
        : ShapesReader.read(tree, file);
  }

  private static byte[] text(InputStream bytes, ModelFile file) throws IOException {
    byte[] text = bytes.readNBytes(MAX_TEXT_BYTES + 1);
    if (text.length > MAX_TEXT_BYTES) {
      throw file.refuse("it is too long (expected at most %d bytes)".formatted(MAX_TEXT_BYTES));
    }
    return text;
  }
}
