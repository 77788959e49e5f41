package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes training out of a graph, its subgraphs and its functions: Dropout becomes Identity,
 * BatchNormalization normalises with the mean and variance that it is given.
 */
final class InferenceForm {
  private static final Set<String> TRAINING_ATTRIBUTES = Set.of("training_mode", "is_test");

  private final Set<String> read = new HashSet<>();
  private int dropouts;
  private int batchNormalisations;

  private InferenceForm(ModelProto model) {
    collectReads(model.getGraph().getNodeList());
    model.getFunctionsList().forEach(function -> collectReads(function.getNodeList()));
    model.getFunctionsList().forEach(function -> read.addAll(function.getOutputList()));
  }

  /**
   * A model in inference form.
   *
   * @param model the model
   * @param remarks what was changed, in words
   */
  record Result(ModelProto model, List<String> remarks) {}

  static Result of(ModelProto model) {
    InferenceForm form = new InferenceForm(model);
    ModelProto.Builder rewritten = model.toBuilder();
    rewritten.setGraph(form.rewrite(model.getGraph()));
    for (int i = 0; i < model.getFunctionsCount(); i++) {
      rewritten.setFunctions(i, form.rewrite(model.getFunctions(i)));
    }
    return new Result(rewritten.build(), form.remarks());
  }

  private List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    if (dropouts > 0) {
      remarks.add("Dropout is off in the forward pass (%d nodes)".formatted(dropouts));
    }
    if (batchNormalisations > 0) {
      remarks.add(
          "BatchNormalization uses its running mean and variance in the forward pass, not the batch's; training will normalise there, so LSUV adds little to the layers before it (%d nodes)"
              .formatted(batchNormalisations));
    }
    return remarks;
  }

  private GraphProto rewrite(GraphProto graph) {
    GraphProto.Builder rewritten = graph.toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      rewritten.setNode(i, rewrite(graph.getNode(i)));
    }
    return rewritten.build();
  }

  private FunctionProto rewrite(FunctionProto function) {
    FunctionProto.Builder rewritten = function.toBuilder();
    for (int i = 0; i < function.getNodeCount(); i++) {
      rewritten.setNode(i, rewrite(function.getNode(i)));
    }
    return rewritten.build();
  }

  private NodeProto rewrite(NodeProto node) {
    if (node.getInputCount() == 0 || node.getOutputCount() == 0) {
      return node;
    }
    if (Operators.is(node, "Dropout")) {
      dropouts++;
      return dropout(node);
    }
    if (Operators.is(node, "BatchNormalization")) {
      batchNormalisations++;
      return batchNormalisation(node);
    }
    return NodeReads.bodies(node).isEmpty() ? node : withBodiesRewritten(node);
  }

  /**
   * A mask that something reads is all true, which Dropout itself gives when it is told neither
   * ratio nor mode.
   */
  private NodeProto dropout(NodeProto node) {
    NodeProto.Builder rewritten = node.toBuilder().clearInput().addInput(node.getInput(0));
    if (node.getOutputCount() > 1 && read.contains(node.getOutput(1))) {
      return rewritten.build();
    }
    return rewritten
        .setOpType("Identity")
        .clearAttribute()
        .clearOutput()
        .addOutput(node.getOutput(0))
        .build();
  }

  private static NodeProto batchNormalisation(NodeProto node) {
    NodeProto.Builder rewritten =
        node.toBuilder().clearOutput().addOutput(node.getOutput(0)).clearAttribute();
    node.getAttributeList().stream()
        .filter(attribute -> !TRAINING_ATTRIBUTES.contains(attribute.getName()))
        .forEach(rewritten::addAttribute);
    return rewritten.build();
  }

  private NodeProto withBodiesRewritten(NodeProto node) {
    NodeProto.Builder rewritten = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      AttributeProto.Builder changed = attribute.toBuilder();
      if (attribute.hasG()) {
        changed.setG(rewrite(attribute.getG()));
      }
      for (int j = 0; j < attribute.getGraphsCount(); j++) {
        changed.setGraphs(j, rewrite(attribute.getGraphs(j)));
      }
      rewritten.setAttribute(i, changed);
    }
    return rewritten.build();
  }

  private void collectReads(List<NodeProto> nodes) {
    for (NodeProto node : nodes) {
      read.addAll(node.getInputList());
      for (GraphProto body : NodeReads.bodies(node)) {
        collectReads(body.getNodeList());
        body.getOutputList().forEach(output -> read.add(output.getName()));
      }
    }
  }
}
