package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.Activation;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import dev.kindling.reader.graph.ExternalDataFile;
import dev.kindling.reader.graph.FunctionInliner;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.NodeNames;
import dev.kindling.reader.graph.OnnxValues;
import dev.kindling.reader.graph.SubgraphWeights;
import dev.kindling.reader.graph.WeightlessGraph;
import dev.kindling.reader.repair.NameRepair;
import dev.kindling.reader.roles.RoleFinder;
import dev.kindling.reader.roles.Source;
import dev.kindling.reader.roles.TensorUse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Reads ONNX: finds the tensors, what each is for, and the layers, and takes the trained values out
 * of the graph.
 */
final class OnnxReader {
  private final ModelFile file;
  private final ExternalDataFile external;
  private final NameRepair.Result names;
  private final GraphProto graph;
  private final GraphIndex index;
  private final RoleFinder roles;
  private final Map<String, String> absent = new LinkedHashMap<>();

  private OnnxReader(NameRepair.Result names, ExternalDataFile external, ModelFile file) {
    this.file = file;
    this.external = external;
    this.names = names;
    this.graph = NodeNames.unique(names.graph());
    this.index = new GraphIndex(graph, file);
    this.roles = new RoleFinder(index, file);
  }

  /** Returns the model of an ONNX graph, whether it was read or compiled. */
  static Model analyse(ModelProto proto, ModelFolder folder, ModelFile file) {
    if (!proto.hasGraph() || proto.getGraph().getNodeCount() == 0) {
      throw file.refuse("it has no graph, so it is not an ONNX model");
    }
    if (proto.getOpsetImportCount() == 0) {
      throw file.refuse("it names no operator set, so it is not a whole ONNX model");
    }
    if (proto.getGraph().getSparseInitializerCount() > 0) {
      throw file.refuse(
          "it has sparse initialisers, which have no place in a recipe (expected dense ones)");
    }
    ModelProto flat = FunctionInliner.inlined(proto, file);
    GraphProto unique = NodeNames.unique(SubgraphWeights.moved(flat.getGraph()));
    NameRepair.Result names = NameRepair.of(unique, new GraphIndex(unique, file));
    return new OnnxReader(names, new ExternalDataFile(folder, file), file).model(flat);
  }

  private Model model(ModelProto proto) {
    Map<String, Tensor> tensors = tensors();
    ModelProto named = proto.toBuilder().setGraph(graph).build();
    ModelProto weightless = new WeightlessGraph(named, index.nodes(), tensors).build();
    return new Model(
        file.name(),
        List.copyOf(tensors.values()),
        Optional.of(new Model.Graph(weightless, roles.layers())),
        exported(tensors.keySet()),
        notes(tensors, proto),
        absent);
  }

  private List<String> notes(Map<String, Tensor> tensors, ModelProto proto) {
    List<String> notes = new ArrayList<>();
    if (proto.getFunctionsCount() > 0) {
      notes.add(
          "functions of the model are not looked into, so weights that they read are kept: "
              + proto.getFunctionsList().stream()
                  .map(FunctionProto::getName)
                  .collect(Collectors.joining(", ")));
    }
    Map<String, String> repaired = exported(tensors.keySet());
    if (!repaired.isEmpty()) {
      Map.Entry<String, String> first = repaired.entrySet().iterator().next();
      notes.add(
          "%d tensors have the names of their modules again, such as %s, which the file calls %s (--explain tells each)"
              .formatted(repaired.size(), first.getKey(), first.getValue()));
    }
    if (!roles.inBodies().isEmpty()) {
      notes.add(
          "initialised but not calibrated, since the body of an If, Loop or Scan reads them: "
              + String.join(", ", roles.inBodies()));
    }
    if (!roles.uncalibrated().isEmpty()) {
      notes.add(
          "initialised but not calibrated, since they are weights of experts or of Einsum: "
              + String.join(", ", roles.uncalibrated()));
    }
    if (!roles.unknown().isEmpty()) {
      notes.add(
          "kept from the model, since their axes make no matrix of inputs and outputs (a rule can initialise them): "
              + String.join("; ", roles.unknown()));
    }
    return notes;
  }

  private Map<String, String> exported(Set<String> tensors) {
    Map<String, String> exported = new LinkedHashMap<>(names.exported());
    exported.keySet().retainAll(tensors);
    return exported;
  }

  /**
   * Tensors with a role in the order of their use, then the other initialisers in the order of the
   * file.
   */
  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    roles.uses().values().stream()
        .filter(this::isTensor)
        .forEach(use -> tensors.put(use.source().name(), tensor(use)));
    index
        .initialisers()
        .forEach((name, proto) -> tensors.computeIfAbsent(name, key -> constant(proto)));
    return tensors;
  }

  /** A Constant node without a trained role stays a node of the graph. */
  private boolean isTensor(TensorUse use) {
    return use.role() != Role.CONSTANT || index.producer(use.source().name()).isEmpty();
  }

  private Tensor tensor(TensorUse use) {
    Source source = use.source();
    source.proto().ifPresent(proto -> OnnxValues.values(proto, source.name(), file));
    return new Tensor(
        source.name(),
        source.shape(),
        source.type(),
        use.role(),
        use.layout(),
        use.groups(),
        use.strides(),
        use.activation(),
        aliases(source),
        source
            .proto()
            .filter(proto -> isKept(use.role()))
            .flatMap(proto -> values(proto, source.name())),
        use.fused());
  }

  private Tensor constant(TensorProto proto) {
    String name = proto.getName();
    return new Tensor(
        name,
        OnnxValues.shape(proto, name, file),
        OnnxValues.type(proto, name, file),
        Role.CONSTANT,
        Layout.OUT_IN,
        1,
        1,
        Activation.NONE,
        List.of(),
        values(proto, name));
  }

  /** The names of tied parameters, as the exporter left them. */
  private List<String> aliases(Source source) {
    return List.copyOf(names.aliases().getOrDefault(source.name(), Set.of()));
  }

  /** The values of all others are drawn, so that nobody needs those of the file. */
  private static boolean isKept(Role role) {
    return role == Role.CONSTANT || role == Role.SLOPE;
  }

  private Optional<ExternalValues> values(TensorProto proto, String name) {
    Optional<ByteBuffer> values =
        OnnxValues.values(proto, name, file).or(() -> external.read(proto, name));
    if (values.isEmpty()) {
      external.path(proto, name).ifPresent(path -> absent.put(name, path));
    }
    return values.map(found -> external(found, name));
  }

  private ExternalValues external(ByteBuffer values, String name) {
    CRC32C crc = new CRC32C();
    crc.update(values.duplicate());
    if (values.remaining() > ExternalValues.MAX_INLINE_BYTES) {
      return new ExternalValues.InFile(file.path(), name, (int) crc.getValue());
    }
    byte[] bytes = new byte[values.remaining()];
    values.duplicate().get(bytes);
    return new ExternalValues.Inline(
        Base64.getEncoder().encodeToString(bytes), (int) crc.getValue());
  }
}
