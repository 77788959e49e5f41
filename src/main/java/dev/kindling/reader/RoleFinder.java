package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.base.InputException;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides what each tensor is for, from the nodes that read it in execution order. The first use
 * that gives a role decides; tensors without one are not mentioned.
 */
final class RoleFinder {
  private static final Pattern WEIGHT_SUFFIX = Pattern.compile("(?<=.)([./_]weight|\\.kernel)$");

  private static final Pattern BIAS_SUFFIX = Pattern.compile("(?<=.)\\.bias$");
  private static final int EXPERTS_RANK = 3;
  private static final Pattern MADE_UP = Pattern.compile("val_\\d+|onnx::\\w+");

  private final GraphIndex index;
  private final SourceFinder sources;
  private final ActivationFinder activations;
  private final Neighbours neighbours;
  private final AttentionInputs attention;
  private final InputUses inputs;
  private final ModelFile file;
  private final Map<String, TensorUse> uses = new LinkedHashMap<>();
  private final List<Layer> layers = new ArrayList<>();
  private final List<String> inBodies = new ArrayList<>();
  private final Set<String> layerNames = new HashSet<>();
  private final Set<String> uncalibrated = new LinkedHashSet<>();
  private final Set<String> unknown = new LinkedHashSet<>();

  RoleFinder(GraphIndex index, ModelFile file) {
    this.index = index;
    this.sources = new SourceFinder(index, file);
    this.activations = new ActivationFinder(index, file);
    this.neighbours = new Neighbours(index);
    this.attention = new AttentionInputs(index);
    this.inputs = new InputUses(index);
    this.file = file;
    index.nodes().stream().filter(Positions::isStandard).forEach(this::read);
    Set<String> outside = Set.copyOf(uses.keySet());
    List<Layer> calibrated = List.copyOf(layers);
    index.nodes().stream()
        .flatMap(SubgraphWeights::nodes)
        .filter(Positions::isStandard)
        .forEach(this::read);
    layers.retainAll(calibrated);
    uses.keySet().stream().filter(name -> !outside.contains(name)).forEach(inBodies::add);
  }

  /** Returns the tensors that only the bodies of If, Loop and Scan nodes read. */
  List<String> inBodies() {
    return inBodies;
  }

  /** Returns the weights of Einsum nodes and of experts, which no layer is. */
  Set<String> uncalibrated() {
    return uncalibrated;
  }

  /** Returns the operands of Einsum nodes whose axes make no matrix, with the equations. */
  Set<String> unknown() {
    return unknown;
  }

  /** Returns the first use of each tensor that has a role, in execution order. */
  Map<String, TensorUse> uses() {
    return uses;
  }

  /** Returns the dense and conv layers in execution order. */
  List<Layer> layers() {
    return layers;
  }

  private void read(NodeProto node) {
    switch (node.getOpType()) {
      case "Conv" -> conv(node);
      case "ConvTranspose" -> convTranspose(node);
      case "Gemm" -> gemm(node);
      case "MatMul" -> {
        matMul(node);
        source(node, 1)
            .filter(weight -> ExportedNames.isParameter(weight.name()))
            .ifPresent(weight -> experts(node, weight, Layout.IN_OUT));
      }
      case "Einsum" -> einsum(node);
      case "BatchNormalization" -> {
        parameter(node, 1, Role.NORM_SCALE);
        parameter(node, 2, Role.NORM_SHIFT);
        parameter(node, 3, Role.RUNNING_MEAN);
        parameter(node, 4, Role.RUNNING_VARIANCE);
      }
      case "LayerNormalization", "GroupNormalization", "RMSNormalization" -> {
        parameter(node, 1, Role.NORM_SCALE);
        parameter(node, 2, Role.NORM_SHIFT);
      }
      case "InstanceNormalization" -> instanceNorm(node);
      case "LSTM", "GRU", "RNN" -> RecurrentUses.of(node, index, sources).forEach(this::first);
      case "Gather" ->
          source(node, 0).filter(source -> source.canHaveRank(2)).ifPresent(this::embedding);
      case "PRelu" -> parameter(node, 1, Role.SLOPE);
      case "Mul" -> mul(node);
      case "Add" -> add(node);
      case "Concat", "Expand" -> {
        if (!inputs.isPartOfOperand(node)) {
          joined(node);
        }
      }
      default -> {}
    }
  }

  private void conv(NodeProto node) {
    Optional<Source> weight = source(node, 1);
    if (weight.isEmpty()) {
      return;
    }
    int groups = groups(node);
    boolean depthwise =
        groups > 1 && weight.get().shape().rank() > 1 && weight.get().shape().dim(1) == 1;
    requireConv(node, weight.get(), groups);
    layer(
        node,
        new TensorUse(
            weight.get(),
            depthwise ? Role.DEPTHWISE : Role.CONV,
            weight.get().layout(Layout.OUT_IN),
            groups,
            1,
            activations.after(node.getOutput(0))),
        source(node, 2));
  }

  private void convTranspose(NodeProto node) {
    Optional<Source> weight = source(node, 1);
    if (weight.isEmpty()) {
      return;
    }
    int groups = groups(node);
    requireConv(node, weight.get(), groups);
    layer(
        node,
        new TensorUse(
            weight.get(),
            Role.TRANSPOSED_CONV,
            weight.get().layout(Layout.IN_OUT),
            groups,
            strides(node),
            activations.after(node.getOutput(0))),
        source(node, 2));
  }

  private void gemm(NodeProto node) {
    Layout layout = Attributes.integer(node, "transB", 0) == 0 ? Layout.IN_OUT : Layout.OUT_IN;
    source(node, 1)
        .filter(weight -> weight.canHaveRank(2))
        .ifPresent(
            weight -> layer(node, dense(node, weight, layout, node.getOutput(0)), source(node, 2)));
  }

  private void matMul(NodeProto node) {
    Optional<Source> weight = source(node, 1).filter(found -> found.canHaveRank(2));
    if (weight.isEmpty()) {
      return;
    }
    Optional<NodeProto> add =
        neighbours.soleAdd(node).filter(next -> addedBias(next, node).isPresent());
    Optional<Source> bias = add.flatMap(next -> addedBias(next, node));
    String output = add.orElse(node).getOutput(0);
    layer(node, dense(node, weight.get(), Layout.IN_OUT, output), bias);
  }

  private Optional<Source> addedBias(NodeProto add, NodeProto matMul) {
    int product = add.getInput(0).equals(matMul.getOutput(0)) ? 0 : 1;
    return Neighbours.other(add, product)
        .filter(value -> !value.equals(matMul.getOutput(0)))
        .flatMap(sources::find)
        .filter(source -> source.canHaveRank(1));
  }

  /** A matrix for each expert, the same number of which stand on the first axis of the data. */
  private void experts(NodeProto node, Source weight, Layout used) {
    boolean swapped = weight.orientation() == Source.Orientation.LAST_SWAPPED;
    boolean stacked = weight.shape().rank() == EXPERTS_RANK && !weight.reshaped();
    if (stacked && (swapped || weight.orientation() == Source.Orientation.AS_IS)) {
      TensorUse use =
          new TensorUse(
              weight,
              Role.EXPERTS,
              weight.layout(used),
              (int) Math.max(1, weight.shape().dim(0)),
              1,
              activations.after(node.getOutput(0)));
      uncalibrated(first(use));
    }
  }

  private void einsum(NodeProto node) {
    String equation = Attributes.text(node, "equation");
    for (int operand = 0; operand < node.getInputCount(); operand++) {
      Optional<Source> weight = source(node, operand).filter(it -> it.shape().rank() >= 2);
      Optional<EinsumWeight> meant = EinsumWeight.of(equation, operand);
      if (weight.isPresent() && meant.isEmpty()) {
        unknown.add("%s in %s".formatted(weight.get().name(), equation));
      } else if (weight.isPresent() && meant.get().experts()) {
        experts(node, weight.get(), meant.get().layout());
      } else if (weight.isPresent() && weight.get().canHaveRank(2)) {
        uncalibrated(first(dense(node, weight.get(), meant.get().layout(), node.getOutput(0))));
      }
    }
  }

  private void uncalibrated(TensorUse use) {
    if (use.role().isWeight()) {
      uncalibrated.add(use.source().name());
    }
  }

  private TensorUse dense(NodeProto node, Source weight, Layout layout, String output) {
    requireLayout(node, weight);
    List<FusedPart> parts = attention.parts(weight, weight.layout(layout), output);
    return new TensorUse(
        weight,
        parts.isEmpty() ? Role.DENSE : Role.FUSED_QKV,
        weight.layout(layout),
        1,
        1,
        activations.after(output),
        parts);
  }

  private void layer(NodeProto node, TensorUse weight, Optional<Source> bias) {
    Role role = first(weight).role();
    bias.ifPresent(source -> first(TensorUse.of(source, Role.BIAS)));
    if (role.isWeight()) {
      String name = weight.source().name();
      layers.add(new Layer(layerName(name, bias), node.getName(), name, bias.map(Source::name)));
    }
  }

  /**
   * The weight's module; where the exporter made the weight's name up, the bias's. Sharers of a
   * weight get a number.
   */
  private String layerName(String weight, Optional<Source> bias) {
    Optional<String> module =
        bias.map(Source::name)
            .filter(name -> MADE_UP.matcher(weight).matches() && BIAS_SUFFIX.matcher(name).find())
            .map(name -> BIAS_SUFFIX.matcher(name).replaceFirst(""));
    String stem = module.orElseGet(() -> WEIGHT_SUFFIX.matcher(weight).replaceFirst(""));
    String name = stem;
    for (int number = 2; !layerNames.add(name); number++) {
      name = stem + "#" + number;
    }
    return name;
  }

  private void parameter(NodeProto node, int input, Role role) {
    source(node, input).ifPresent(source -> first(TensorUse.of(source, role)));
  }

  /** Exporters write group norm with one whose own scale and shift are constants. */
  private void instanceNorm(NodeProto node) {
    source(node, 1)
        .filter(scale -> ExportedNames.isParameter(scale.name()))
        .ifPresent(scale -> parameter(node, 1, Role.NORM_SCALE));
    source(node, 2)
        .filter(shift -> ExportedNames.isParameter(shift.name()))
        .ifPresent(shift -> parameter(node, 2, Role.NORM_SHIFT));
  }

  /** A table of biases is looked up too, but has no module that is called after its weight. */
  private void embedding(Source source) {
    boolean additive =
        LearnedNames.matches(ExportedNames.last(source.name()))
            && !source.name().endsWith(".weight");
    first(TensorUse.of(source, additive ? Role.ADDITIVE : Role.EMBEDDING));
  }

  private void mul(NodeProto node) {
    for (int input = 0; input < node.getInputCount(); input++) {
      if (neighbours.isNormScale(node, input)) {
        parameter(node, input, Role.NORM_SCALE);
      } else {
        boolean joined = neighbours.isResidualScale(node, input);
        source(node, input)
            .filter(
                source -> isFactor(source) || (joined && ExportedNames.isParameter(source.name())))
            .ifPresent(source -> first(TensorUse.of(source, Role.RESIDUAL_SCALE)));
      }
    }
  }

  /** A buffer called scale has values, and does not stand where a branch ends. */
  private static boolean isFactor(Source source) {
    return LearnedNames.isFactor(source.name())
        && !(LearnedNames.isAmbiguousFactor(source.name()) && source.proto().isPresent());
  }

  private void add(NodeProto node) {
    for (int input = 0; input < node.getInputCount(); input++) {
      if (neighbours.isNormShift(node, input)) {
        parameter(node, input, Role.NORM_SHIFT);
      }
    }
    joined(node);
  }

  private void joined(NodeProto node) {
    for (int input = 0; input < node.getInputCount(); input++) {
      source(node, input)
          .filter(source -> source.shape().elementCount() == 1 && source.name().endsWith(".bias"))
          .ifPresent(source -> first(TensorUse.of(source, Role.BIAS)));
      source(node, input)
          .filter(RoleFinder::isLearned)
          .ifPresent(source -> first(TensorUse.of(source, Role.ADDITIVE)));
    }
  }

  private static boolean isLearned(Source source) {
    return source.shape().rank() >= 1
        && source.shape().elementCount() > 1
        && ExportedNames.isParameter(source.name())
        && LearnedNames.matches(source.name());
  }

  private TensorUse first(TensorUse use) {
    TensorUse earlier = uses.putIfAbsent(use.source().name(), use);
    return earlier == null ? use : earlier;
  }

  private Optional<Source> source(NodeProto node, int input) {
    return Attributes.input(node, input).flatMap(sources::find);
  }

  private int groups(NodeProto node) {
    long groups = Attributes.integer(node, "group", 1);
    if (groups < 1 || groups > Integer.MAX_VALUE) {
      throw refuse(node, "group is not a positive number: " + groups);
    }
    return (int) groups;
  }

  private long strides(NodeProto node) {
    long product = 1;
    for (long stride : Attributes.integers(node, "strides")) {
      if (stride < 1 || stride > Integer.MAX_VALUE || product > Integer.MAX_VALUE) {
        throw refuse(node, "strides are not positive numbers of a sensible size");
      }
      product *= stride;
    }
    return product;
  }

  private void requireConv(NodeProto node, Source weight, int groups) {
    requireLayout(node, weight);
    if (weight.shape().rank() < 2 || (!weight.reshaped() && weight.shape().rank() < 3)) {
      throw refuse(
          node,
          "its weight '%s' has too few axes (expected 3 or more, found %s)"
              .formatted(weight.name(), weight.shape()));
    }
    if (groups > 1 && weight.orientation() != Source.Orientation.AS_IS) {
      throw refuse(
          node,
          "its weight '%s' is transposed, which a grouped convolution may not be"
              .formatted(weight.name()));
    }
    if (weight.shape().dim(0) % groups != 0) {
      throw refuse(
          node,
          "its weight '%s' of shape %s does not divide into %d groups"
              .formatted(weight.name(), weight.shape(), groups));
    }
  }

  private void requireLayout(NodeProto node, Source weight) {
    if (weight.orientation() == Source.Orientation.OTHER
        || weight.orientation() == Source.Orientation.LAST_SWAPPED) {
      throw refuse(
          node,
          "its weight '%s' of shape %s has its outputs and inputs elsewhere than on the first two axes"
              .formatted(weight.name(), weight.shape()));
    }
  }

  private InputException refuse(NodeProto node, String reason) {
    return file.refuse("node '%s'".formatted(node.getName()), reason);
  }
}
