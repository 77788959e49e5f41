package dev.kindling.reader.repair;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The module of a PyTorch program that a node was exported from. The dynamo exporter writes it into
 * the node's metadata, {@code ['', 'encoder', 'encoder.fc1', 'linear']}, the older one into the
 * node's name, {@code /encoder/fc1/MatMul}.
 */
final class ModulePaths {
  private static final String SCOPES = "pkg.torch.onnx.name_scopes";

  private ModulePaths() {}

  /** Returns the path of the node's module, or nothing for the outermost and for unknown ones. */
  static Optional<String> of(NodeProto node) {
    return scopes(node)
        .map(ModulePaths::ofScopes)
        .or(() -> ofName(node.getName()))
        .filter(path -> !path.isEmpty());
  }

  /**
   * Returns whether the path is exact; that of a node's name has a number behind a module that is
   * called for the second time.
   */
  static boolean isFromMetadata(NodeProto node) {
    return scopes(node).isPresent();
  }

  private static Optional<String> scopes(NodeProto node) {
    return node.getMetadataPropsList().stream()
        .filter(entry -> entry.getKey().equals(SCOPES))
        .map(StringStringEntryProto::getValue)
        .findFirst();
  }

  /** Returns whether a value's module is known from the way its exporter writes. */
  static boolean areKnown(List<NodeProto> nodes) {
    return nodes.stream().anyMatch(node -> of(node).isPresent());
  }

  /** The last of the scopes is the operation itself. */
  private static String ofScopes(String list) {
    String inner = list.strip().replaceAll("^\\[\\s*['\"]?|['\"]?\\s*\\]$", "");
    List<String> scopes = Arrays.asList(inner.split("['\"]\\s*,\\s*['\"]", -1));
    return scopes.size() < 2 ? "" : scopes.get(scopes.size() - 2);
  }

  /**
   * A part that repeats the one before it and a dot is a member of a container: {@code
   * /layer1/layer1.0/conv1/Conv}.
   */
  private static Optional<String> ofName(String name) {
    String[] parts = name.split("/");
    if (!name.startsWith("/") || parts.length < 3) {
      return Optional.empty();
    }
    List<String> path = new ArrayList<>();
    for (String part : Arrays.asList(parts).subList(1, parts.length - 1)) {
      int last = path.size() - 1;
      if (last >= 0 && part.startsWith(path.get(last) + ".")) {
        path.set(last, part);
      } else {
        path.add(part);
      }
    }
    return Optional.of(String.join(".", path));
  }
}
