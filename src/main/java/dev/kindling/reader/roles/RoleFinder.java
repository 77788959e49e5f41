package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Activation;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.graph.Attributes;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.Positions;
import dev.kindling.reader.graph.SubgraphWeights;
import dev.kindling.reader.repair.ExportedNames;
import dev.kindling.reader.shapes.LearnedNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what each tensor is for, from the nodes that read it in execution order. The first use
 * that gives a role decides; tensors without one are not mentioned.
 */
public final class RoleFinder {
  private final GraphIndex index;
  private final SourceFinder sources;
  private final ActivationFinder activations;
  private final Neighbours neighbours;
  private final LateBias lateBias;
  private final Convolutions convolutions;
  private final Experts experts;
  private final AttentionInputs attention;
  private final InputUses inputs;
  private final ModelFile file;
  private final Map<String, TensorUse> uses = new LinkedHashMap<>();
  private final CalibratedLayers layers = new CalibratedLayers();
  private final List<String> inBodies = new ArrayList<>();
  private final List<Layer> calibrated;
  private final Set<String> uncalibrated = new LinkedHashSet<>();
  private final Set<String> unknown = new LinkedHashSet<>();

  public RoleFinder(GraphIndex index, ModelFile file) {
    this.index = index;
    this.sources = new SourceFinder(index, file);
    this.activations = new ActivationFinder(index, file);
    this.neighbours = new Neighbours(index);
    this.lateBias = new LateBias(index, sources);
    this.convolutions = new Convolutions(activations, file);
    this.experts = new Experts(index, activations);
    this.attention = new AttentionInputs(index);
    this.inputs = new InputUses(index);
    this.file = file;
    index.nodes().stream().filter(Positions::isStandard).forEach(this::read);
    Set<String> outside = Set.copyOf(uses.keySet());
    this.calibrated = layers.soFar();
    index.nodes().stream()
        .flatMap(SubgraphWeights::nodes)
        .filter(Positions::isStandard)
        .forEach(this::read);
    uses.keySet().stream().filter(name -> !outside.contains(name)).forEach(inBodies::add);
  }

  /** Returns the tensors that only the bodies of If, Loop and Scan nodes read. */
  public List<String> inBodies() {
    return inBodies;
  }

  /** Returns the weights of Einsum nodes and of experts, which no layer is. */
  public Set<String> uncalibrated() {
    return uncalibrated;
  }

  /** Returns the operands of Einsum nodes whose axes make no matrix, with the equations. */
  public Set<String> unknown() {
    return unknown;
  }

  /** Returns the first use of each tensor that has a role, in execution order. */
  public Map<String, TensorUse> uses() {
    return uses;
  }

  /** Returns the dense and conv layers in execution order. */
  public List<Layer> layers() {
    return calibrated;
  }

  private void read(NodeProto node) {
    switch (node.getOpType()) {
      case "Conv" ->
          source(node, 1)
              .ifPresent(w -> layer(node, convolutions.forward(node, w), source(node, 2)));
      case "ConvTranspose" ->
          source(node, 1)
              .ifPresent(w -> layer(node, convolutions.transposed(node, w), source(node, 2)));
      case "Gemm" -> gemm(node);
      case "MatMul" -> {
        matMul(node);
        source(node, 1)
            .filter(weight -> ExportedNames.isParameter(weight.name()))
            .flatMap(weight -> experts.of(node, weight, Layout.IN_OUT))
            .ifPresent(use -> uncalibrated(first(use)));
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
      case "Gather" -> gather(node);
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

  private void einsum(NodeProto node) {
    String equation = Attributes.text(node, "equation");
    for (int operand = 0; operand < node.getInputCount(); operand++) {
      Optional<EinsumWeight> meant = EinsumWeight.of(equation, operand);
      source(node, operand)
          .filter(weight -> weight.shape().rank() >= 2)
          .ifPresent(weight -> einsum(node, equation, weight, meant));
    }
  }

  private void einsum(NodeProto node, String equation, Source weight, Optional<EinsumWeight> how) {
    if (how.isEmpty()) {
      unknown.add("%s in %s".formatted(weight.name(), equation));
    } else if (how.get().role() == Role.EXPERTS) {
      experts.of(node, weight, how.get().layout()).ifPresent(use -> uncalibrated(first(use)));
    } else if (how.get().role() == Role.DENSE && weight.canHaveRank(2)) {
      uncalibrated(first(dense(node, weight, how.get().layout(), node.getOutput(0))));
    } else if (!weight.reshaped() && weight.orientation() == Source.Orientation.AS_IS) {
      Activation after = activations.after(node.getOutput(0));
      uncalibrated(first(new TensorUse(weight, how.get().role(), how.get().layout(), 1, 1, after)));
    }
  }

  private void uncalibrated(TensorUse use) {
    if (use.role().isWeight()) {
      uncalibrated.add(use.source().name());
    }
  }

  private TensorUse dense(NodeProto node, Source weight, Layout layout, String output) {
    weight.requireLayout(node, file);
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
    Optional<LateBias.Found> late =
        bias.isPresent() ? Optional.empty() : lateBias.behind(node, weight.outputs());
    TensorUse use =
        late.map(found -> weight.before(activations.after(found.output()))).orElse(weight);
    Role role = first(use).role();
    bias.or(() -> late.map(LateBias.Found::bias))
        .ifPresent(source -> first(TensorUse.of(source, Role.BIAS)));
    if (role.isWeight()) {
      Optional<Source> own =
          bias.or(() -> late.map(LateBias.Found::bias).filter(RoleFinder::isVector));
      layers.add(node, weight.source().name(), own.map(Source::name));
    }
  }

  /** Its values lie along the last axis, where those of a layer's own bias do. */
  private static boolean isVector(Source bias) {
    return bias.shape().dim(bias.shape().rank() - 1) == bias.shape().elementCount();
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

  private void gather(NodeProto node) {
    Optional<Source> table = source(node, 0);
    Optional<TensorUse> chosen = table.flatMap(source -> experts.chosen(node, source));
    chosen.ifPresent(use -> uncalibrated(first(use)));
    if (chosen.isEmpty()) {
      table.filter(source -> source.canHaveRank(2)).ifPresent(this::embedding);
    }
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
}
