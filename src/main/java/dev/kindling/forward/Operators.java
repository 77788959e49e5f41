package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Optional;
import java.util.Set;

/** What the code knows of ONNX operators beyond those that it splits. */
final class Operators {
  /** Their results depend on how often they ran before. */
  private static final Set<String> RANDOM =
      Set.of(
          "Bernoulli",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  /** They read how large a tensor is, not its values. */
  private static final Set<String> SIZES = Set.of("Shape", "Size");

  private Operators() {}

  /** Returns whether the node is the standard operator of this name. */
  static boolean is(NodeProto node, String operator) {
    return isStandard(node) && node.getOpType().equals(operator);
  }

  static boolean isRandom(NodeProto node) {
    return isStandard(node) && RANDOM.contains(node.getOpType());
  }

  static boolean readsSizeOnly(NodeProto node) {
    return isStandard(node) && SIZES.contains(node.getOpType());
  }

  static boolean isStandardDomain(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  static Optional<AttributeProto> attribute(NodeProto node, String name) {
    return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }

  private static boolean isStandard(NodeProto node) {
    return isStandardDomain(node.getDomain());
  }
}
