package dev.kindling.reader.repair;

import java.util.regex.Pattern;

/** What the exporters of PyTorch call things. */
public final class ExportedNames {
  /** Of a tensor that the exporter computed, so that it lost its parameter's name. */
  private static final Pattern MADE_UP = Pattern.compile("val_\\d+|onnx::\\w+");

  /** Of the outputs of nodes. */
  private static final Pattern VALUE =
      Pattern.compile("/.*|.*::.*|.*_output_\\d+|[a-z0-9_]*_\\d+|\\d+|.*:\\d+");

  private ExportedNames() {}

  /** Returns whether an exporter made the name up, so that a parameter's may be found instead. */
  static boolean isMadeUp(String name) {
    return MADE_UP.matcher(name).matches();
  }

  /** Returns whether a name is that of a parameter, and not of what some node puts out. */
  public static boolean isParameter(String name) {
    return !isMadeUp(name) && !VALUE.matcher(name).matches();
  }

  /** Returns the path before the last dot, empty if there is none. */
  static String module(String parameter) {
    return parameter.substring(0, Math.max(0, parameter.lastIndexOf('.')));
  }

  /** Returns what follows the last dot. */
  public static String last(String parameter) {
    return parameter.substring(parameter.lastIndexOf('.') + 1);
  }

  /** Returns whether {@code path} is {@code module} or lies within it. */
  static boolean isWithin(String path, String module) {
    return path.equals(module) || path.startsWith(module + ".");
  }
}
