package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.kindling.reader.file.ModelFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the nodes of a model's own functions in the places of their calls, so that the weights which
 * they read are seen. Functions with an If, Loop or Scan inside, or made for another version of an
 * operator set, stay.
 */
public final class FunctionInliner {
  /** Functions call no function of their own depth; a circle would be endless. */
  private static final int MAX_DEPTH = 100;

  /** More than any model has; functions that call others several times make many more. */
  private static final int MAX_NODES = 1 << 18;

  private final ModelFile file;
  private final Map<String, Long> versions = new LinkedHashMap<>();
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final List<NodeProto> nodes = new ArrayList<>();
  private int calls;

  private FunctionInliner(ModelProto model, ModelFile file) {
    this.file = file;
    model
        .getOpsetImportList()
        .forEach(known -> versions.put(known.getDomain(), known.getVersion()));
    model.getFunctionsList().stream()
        .filter(this::fits)
        .forEach(it -> functions.put(key(it.getDomain(), it.getName(), it.getOverload()), it));
  }

  /** Returns the model; the functions that it still has could not be put in place. */
  public static ModelProto inlined(ModelProto model, ModelFile file) {
    return model.getFunctionsCount() == 0 ? model : new FunctionInliner(model, file).inlined(model);
  }

  private ModelProto inlined(ModelProto model) {
    model.getGraph().getNodeList().forEach(node -> add(node, 0));
    ModelProto.Builder inlined =
        model.toBuilder()
            .setGraph(model.getGraph().toBuilder().clearNode().addAllNode(nodes))
            .clearOpsetImport();
    versions.forEach(
        (domain, version) ->
            inlined.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    return functions.size() == model.getFunctionsCount()
        ? inlined.clearFunctions().build()
        : inlined.build();
  }

  /** Takes over the operator sets of a function that fits. */
  private boolean fits(FunctionProto function) {
    boolean flat =
        function.getNodeList().stream()
            .flatMap(node -> node.getAttributeList().stream())
            .noneMatch(attribute -> attribute.hasG() || attribute.getGraphsCount() > 0);
    boolean known =
        function.getOpsetImportList().stream()
            .allMatch(
                wanted ->
                    versions.getOrDefault(wanted.getDomain(), wanted.getVersion())
                        == wanted.getVersion());
    if (flat && known) {
      function
          .getOpsetImportList()
          .forEach(wanted -> versions.putIfAbsent(wanted.getDomain(), wanted.getVersion()));
    }
    return flat && known;
  }

  private void add(NodeProto node, int depth) {
    FunctionProto function =
        functions.get(key(node.getDomain(), node.getOpType(), node.getOverload()));
    if (function == null) {
      nodes.add(node);
    } else if (depth > MAX_DEPTH) {
      throw file.refuse(
          "node '%s'".formatted(node.getName()), "its function calls itself, directly or not");
    } else {
      call(node, function, depth);
    }
  }

  private void call(NodeProto call, FunctionProto function, int depth) {
    calls++;
    if (calls + nodes.size() > MAX_NODES) {
      throw file.refuse(
          "its functions stand for too many nodes (expected at most %d)".formatted(MAX_NODES));
    }
    String stem = call.getName().isBlank() ? call.getOpType() : call.getName();
    String prefix = "%s/%d/".formatted(stem, calls);
    Map<String, String> names = new HashMap<>(Map.of("", ""));
    for (int i = 0; i < function.getInputCount(); i++) {
      names.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
    }
    for (int i = 0; i < Math.min(function.getOutputCount(), call.getOutputCount()); i++) {
      if (!call.getOutput(i).isEmpty()) {
        output(function.getOutput(i), call.getOutput(i), names);
      }
    }
    Map<String, AttributeProto> given = new HashMap<>();
    function.getAttributeProtoList().forEach(it -> given.put(it.getName(), it));
    call.getAttributeList().forEach(it -> given.put(it.getName(), it));
    for (NodeProto inner : function.getNodeList()) {
      NodeProto.Builder node = inner.toBuilder().clearInput().clearOutput().clearAttribute();
      node.setName(inner.getName().isBlank() ? "" : prefix + inner.getName());
      inner.getInputList().forEach(it -> node.addInput(named(it, prefix, names)));
      inner.getOutputList().forEach(it -> node.addOutput(named(it, prefix, names)));
      inner.getAttributeList().forEach(it -> attribute(it, given, node));
      add(node.build(), depth + 1);
    }
  }

  /** An input that is put out as it is keeps its own name too. */
  private void output(String inside, String outside, Map<String, String> names) {
    String same = names.putIfAbsent(inside, outside);
    if (same != null) {
      nodes.add(
          NodeProto.newBuilder()
              .setOpType("Identity")
              .setName(outside)
              .addInput(same)
              .addOutput(outside)
              .build());
    }
  }

  private static String named(String inside, String prefix, Map<String, String> names) {
    return names.computeIfAbsent(inside, name -> prefix + name);
  }

  /** One that stands for an attribute of the call has its value, or is left out with it. */
  private static void attribute(
      AttributeProto attribute, Map<String, AttributeProto> given, NodeProto.Builder node) {
    if (attribute.getRefAttrName().isEmpty()) {
      node.addAttribute(attribute);
    } else if (given.containsKey(attribute.getRefAttrName())) {
      node.addAttribute(
          given.get(attribute.getRefAttrName()).toBuilder().setName(attribute.getName()));
    }
  }

  private static String key(String domain, String name, String overload) {
    return domain + ":" + name + ":" + overload;
  }
}
