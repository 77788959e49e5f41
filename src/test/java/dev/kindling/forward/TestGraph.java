package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Ones;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A small graph written by hand, with the recipe and the data that go with it. */
final class TestGraph {
  static final int SAMPLES = 6;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
  private final List<RecipeEntry> entries = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();
  private final Map<String, Shape> sampleShapes = new LinkedHashMap<>();
  private final Map<String, TensorValue> data = new TreeMap<>();
  private int opset = 17;

  TestGraph opset(int version) {
    opset = version;
    return this;
  }

  TestGraph input(String name, long... sampleDims) {
    Shape sample = Shape.of(sampleDims);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[(int) (SAMPLES * sample.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    data.put(name, TensorValue.ofFloats(batched(sample), values));
    return declare(name, ElementType.F32, sample);
  }

  TestGraph indices(String name, int bound, long... sampleDims) {
    Shape sample = Shape.of(sampleDims);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    long[] values = random.longs(SAMPLES * sample.elementCount(), 0, bound).toArray();
    data.put(name, TensorValue.ofLongs(batched(sample), values));
    return declare(name, ElementType.I64, sample);
  }

  TestGraph weight(String name, long... dims) {
    return tensor(name, Role.DENSE, dims);
  }

  TestGraph tensor(String name, Role role, long... dims) {
    return tensor(name, ElementType.F32, role, dims);
  }

  TestGraph tensor(String name, ElementType type, Role role, long... dims) {
    Shape shape = Shape.of(dims);
    Source drawn = new Source.Drawn(List.of(Block.whole(dims[0], 1, new Ones(), Fans.NONE)));
    entries.add(new RecipeEntry(name, shape, type, role, Layout.OUT_IN, List.of(), "test", drawn));
    graph.addInput(ValueTypes.value(name, ValueTypes.tensor(type, shape)));
    return this;
  }

  TestGraph constant(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.INT64.getNumber())
            .addDims(values.length);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    graph.addInitializer(tensor);
    return this;
  }

  TestGraph kept(String name, float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT.getNumber())
            .addDims(values.length);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    graph.addInitializer(tensor);
    return this;
  }

  TestGraph node(String operator, String inputs, String outputs, AttributeProto... attributes) {
    graph.addNode(nodeOf(operator, inputs, outputs, attributes));
    return this;
  }

  /**
   * A node and the layer that it is, called by the weight; a bias is an input or, after a MatMul,
   * what an Add reads.
   */
  TestGraph layer(
      String operator,
      String inputs,
      String output,
      String weight,
      String bias,
      AttributeProto... attributes) {
    node(operator, inputs, output, attributes);
    Optional<String> added = bias.isEmpty() ? Optional.empty() : Optional.of(bias);
    layers.add(new Layer(weight, nodeName(output), weight, added));
    return this;
  }

  TestGraph add(NodeProto node) {
    graph.addNode(node);
    return this;
  }

  static NodeProto nodeOf(
      String operator, String inputs, String outputs, AttributeProto... attributes) {
    String[] made = outputs.split(" ", -1);
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator).setName(nodeName(made[0]));
    if (!inputs.isEmpty()) {
      node.addAllInput(List.of(inputs.split(" ", -1)));
    }
    return node.addAllOutput(List.of(made)).addAllAttribute(List.of(attributes)).build();
  }

  static String nodeName(String output) {
    return "node_" + output;
  }

  static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }

  static AttributeProto number(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto real(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto body(String name, String output, NodeProto... nodes) {
    GraphProto.Builder body = GraphProto.newBuilder().setName(name).addAllNode(List.of(nodes));
    body.addOutput(ValueInfoProto.newBuilder().setName(output));
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(body)
        .build();
  }

  Model model() {
    ModelProto.Builder onnx = ModelProto.newBuilder().setIrVersion(8);
    onnx.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset));
    onnx.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(1));
    GraphProto.Builder complete = graph.clone();
    String last = graph.getNode(graph.getNodeCount() - 1).getOutput(0);
    complete.addOutput(ValueInfoProto.newBuilder().setName(last));
    return new Model(
        "test.onnx",
        List.of(),
        Optional.of(new Model.Graph(onnx.setGraph(complete).build(), layers)));
  }

  Recipe recipe() {
    return new Recipe(Recipe.FORMAT_VERSION, 1, entries);
  }

  List<Layer> layers() {
    return List.copyOf(layers);
  }

  Map<String, Shape> sampleShapes() {
    return sampleShapes;
  }

  MicroBatch data() {
    return MicroBatch.of(0, data);
  }

  StagePlan plan() {
    return StagePlan.of(model(), recipe(), layers, sampleShapes);
  }

  StagePlan plan(long sliceBytes) {
    return StagePlan.of(model(), recipe(), layers, sampleShapes, Measure.OUTPUT, sliceBytes);
  }

  String output(Layer layer) {
    return graph.getNodeList().stream()
        .filter(node -> node.getName().equals(layer.node()))
        .findFirst()
        .orElseThrow()
        .getOutput(0);
  }

  private TestGraph declare(String name, ElementType type, Shape sample) {
    sampleShapes.put(name, sample);
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam("n");
    sample.dims().forEach(dim -> shape.addDimBuilder().setDimValue(dim));
    graph.addInput(ValueTypes.value(name, ValueTypes.tensor(type, shape.build())));
    return this;
  }

  private static Shape batched(Shape sample) {
    List<Long> dims = new ArrayList<>(sample.dims());
    dims.add(0, (long) SAMPLES);
    return new Shape(dims);
  }
}
