package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.kindling.forward.SplitLayer.AddedBias;
import dev.kindling.model.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the nodes of layers apart into the linear operator, a multiplication and the addition of
 * the bias.
 */
final class LayerSplitter {
  /** From this version of the operator set on, Gemm does without its third input. */
  private static final int GEMM_WITHOUT_BIAS = 11;

  private final long opset;
  private final Set<String> names;

  /**
   * @param opset version of the standard operators
   * @param names all names of the graph; those that are made up are added
   */
  LayerSplitter(long opset, Set<String> names) {
    this.opset = opset;
    this.names = names;
  }

  /** Returns which input of a layer's node is its weight, always the second. */
  static String weightOperand(NodeProto node) {
    return node.getInput(1);
  }

  /** Returns what the node itself adds; a MatMul adds nothing. */
  static Optional<AddedBias> ownBias(NodeProto node) {
    if (node.getInputCount() < 3 || node.getInput(2).isEmpty() || Operators.is(node, "MatMul")) {
      return Optional.empty();
    }
    float beta = Operators.attribute(node, "beta").map(AttributeProto::getF).orElse(1f);
    return Optional.of(new AddedBias(node.getInput(2), beta));
  }

  static ChannelAxis channelAxis(NodeProto node) {
    return isConvolution(node) ? ChannelAxis.SECOND : ChannelAxis.LAST;
  }

  static boolean isLayer(NodeProto node) {
    boolean known =
        isConvolution(node) || Operators.is(node, "Gemm") || Operators.is(node, "MatMul");
    return known && node.getInputCount() >= 2 && node.getOutputCount() == 1;
  }

  static boolean isConvolution(NodeProto node) {
    return Operators.is(node, "Conv") || Operators.is(node, "ConvTranspose");
  }

  /**
   * Takes a node apart.
   *
   * @param rank number of axes of its output
   * @param bias what is added to z by this node, or by the one after a MatMul
   */
  SplitLayer split(Layer layer, NodeProto node, int rank, Optional<AddedBias> bias) {
    String output = node.getOutput(0);
    String z = fresh(output + ".z");
    String scale = fresh(output + ".scale");
    boolean adds = ownBias(node).isPresent();
    String product = adds ? fresh(output + ".scaled") : output;
    List<NodeProto> tail = new ArrayList<>(multiplication(node, rank, z, scale, product));
    if (adds) {
      tail.addAll(addition(node, rank, bias.orElseThrow(), product, output));
    }
    return new SplitLayer(layer, linear(node, z), z, scale, tail, output, channelAxis(node), bias);
  }

  private NodeProto linear(NodeProto node, String z) {
    NodeProto.Builder linear = node.toBuilder().clearInput().clearOutput().addOutput(z);
    linear.addInput(node.getInput(0)).addInput(node.getInput(1));
    if (Operators.is(node, "Gemm") && opset < GEMM_WITHOUT_BIAS) {
      return linear
          .addInput(node.getInput(2))
          .clearAttribute()
          .addAllAttribute(withBetaZero(node))
          .build();
    }
    return linear.build();
  }

  /** ONNX defines beta * C as added, so with beta 0 only the shape of C counts. */
  private static List<AttributeProto> withBetaZero(NodeProto node) {
    List<AttributeProto> attributes = new ArrayList<>();
    node.getAttributeList().stream()
        .filter(a -> !a.getName().equals("beta"))
        .forEach(attributes::add);
    attributes.add(
        AttributeProto.newBuilder()
            .setName("beta")
            .setType(AttributeProto.AttributeType.FLOAT)
            .setF(0)
            .build());
    return attributes;
  }

  /** The scale has one number, or one per channel: those of a convolution need its axes behind. */
  private List<NodeProto> multiplication(
      NodeProto node, int rank, String z, String scale, String product) {
    if (!isConvolution(node)) {
      return List.of(operator("Mul", product, z, scale));
    }
    String shape = fresh(product + ".scale_shape");
    String shaped = fresh(product + ".scale_shaped");
    return List.of(
        constant(shape, longs(channelShape(rank))),
        operator("Reshape", shaped, scale, shape),
        operator("Mul", product, z, shaped));
  }

  private List<NodeProto> addition(
      NodeProto node, int rank, AddedBias bias, String product, String output) {
    List<NodeProto> nodes = new ArrayList<>();
    String summand = bias.tensor();
    if (isConvolution(node)) {
      String shape = fresh(output + ".bias_shape");
      nodes.add(constant(shape, longs(channelShape(rank))));
      String shaped = fresh(output + ".bias");
      nodes.add(operator("Reshape", shaped, summand, shape));
      summand = shaped;
    } else if (bias.factor() != 1) {
      String beta = fresh(output + ".beta");
      nodes.add(constant(beta, scalar(bias.factor())));
      String multiplied = fresh(output + ".bias");
      nodes.add(operator("Mul", multiplied, summand, beta));
      summand = multiplied;
    }
    nodes.add(operator("Add", output, product, summand));
    return nodes;
  }

  private static long[] channelShape(int rank) {
    long[] shape = new long[rank - 1];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return shape;
  }

  private String fresh(String wanted) {
    String name = wanted;
    while (!names.add(name)) {
      name += "_";
    }
    return name;
  }

  private NodeProto operator(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(fresh(output + "/" + type))
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private NodeProto constant(String output, TensorProto value) {
    return operator("Constant", output).toBuilder()
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value))
        .build();
  }

  private static TensorProto longs(long[] values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(DataType.INT64.getNumber()).addDims(values.length);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    return tensor.build();
  }

  private static TensorProto scalar(float value) {
    return TensorProto.newBuilder()
        .setDataType(DataType.FLOAT.getNumber())
        .addFloatData(value)
        .build();
  }
}
