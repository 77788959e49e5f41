package dev.kindling.reader;

import dev.kindling.model.Fans;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** The models under {@code src/test/resources/models}, and tables of what was found in a model. */
public final class ModelFiles {
  private ModelFiles() {}

  public static byte[] bytes(String name) {
    try (InputStream in = ModelFiles.class.getResourceAsStream("/models/" + name);
        InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(in) : in) {
      return plain.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] shipped(String name) {
    try {
      return Files.readAllBytes(Path.of("conf/models", name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Model read(String name) {
    return ModelReader.read(bytes(name), name.replaceFirst("\\.gz$", ""));
  }

  /** One line per tensor: name, shape, role and, for weights, layout, fans and activation. */
  public static String table(Model model) {
    return model.tensors().stream()
        .map(ModelFiles::line)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** One line per layer: name, node, weight, bias. */
  public static String layers(Model model) {
    return model.graph().orElseThrow().layers().stream()
        .map(ModelFiles::line)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(Layer layer) {
    return String.join(" ", layer.name(), layer.node(), layer.weight(), layer.bias().orElse("-"));
  }

  private static String line(Tensor tensor) {
    String line = "%s %s %s".formatted(tensor.name(), tensor.shape(), tensor.role().label());
    if (tensor.role().isWeight()
        && tensor.role() != Role.RECURRENT_INPUT
        && tensor.role() != Role.RECURRENT_HIDDEN) {
      Fans fans = Fans.of(tensor);
      line +=
          " %s %s/%s %s"
              .formatted(
                  tensor.layout(),
                  number(fans.in()),
                  number(fans.out()),
                  tensor.activation().kind());
    }
    return tensor.aliases().isEmpty() ? line : line + " = " + String.join(" = ", tensor.aliases());
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
