package dev.kindling.source;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.Model;
import dev.kindling.model.SourceTensor;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelReader;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import dev.kindling.reader.graph.ExternalDataFile;
import dev.kindling.reader.graph.OnnxFile;
import dev.kindling.reader.graph.OnnxValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * An ONNX model. Of external data only the range is read that is asked for; a model that holds its
 * values itself is read whole, since its format has no way around that.
 */
final class OnnxSource extends SourceCheckpoint {
  private final ModelFile file;
  private final GraphProto graph;
  private final ExternalDataFile external;
  private final Configuration hadoop;
  private final Map<String, ByteBuffer> values = new HashMap<>();

  private OnnxSource(
      ModelFile file, Map<String, SourceTensor> tensors, GraphProto graph, Configuration hadoop) {
    super(file.path(), tensors);
    this.file = file;
    this.graph = graph;
    this.external = new ExternalDataFile(new HadoopFolder(hadoop), file);
    this.hadoop = hadoop;
  }

  static OnnxSource open(String path, Configuration hadoop) throws IOException {
    ModelFile file = new ModelFile(path);
    ModelFolder folder = new HadoopFolder(hadoop);
    Model model = ModelReader.read(folder, path);
    try (ModelFolder.Opened opened = folder.open(path)) {
      GraphProto graph = OnnxFile.read(opened, file).getGraph();
      Map<String, SourceTensor> tensors = new LinkedHashMap<>();
      for (Tensor tensor : model.tensors()) {
        if (tensor.type().isFloat()) {
          String own = model.exported().getOrDefault(tensor.name(), tensor.name());
          tensors.put(
              tensor.name(), new SourceTensor(path, own, tensor.shape(), tensor.type(), ""));
        }
      }
      return new OnnxSource(file, tensors, graph, hadoop);
    }
  }

  /** The recipe has the file's own name. */
  @Override
  SourceTensor stored(SourceTensor tensor) {
    return tensors().values().stream()
        .filter(found -> found.name().equals(tensor.name()))
        .findFirst()
        .orElse(null);
  }

  @Override
  void fill(SourceTensor tensor, long start, ByteBuffer target) {
    TensorProto proto = OnnxValues.required(graph, tensor.name(), file);
    long offset = start * tensor.type().bytes();
    if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      readExternal(tensor, proto, offset, target);
    } else {
      ByteBuffer whole =
          values.computeIfAbsent(
              tensor.name(), name -> OnnxValues.values(proto, name, file).orElseThrow());
      target.put(whole.duplicate().slice(Math.toIntExact(offset), target.remaining()));
    }
  }

  private void readExternal(
      SourceTensor tensor, TensorProto proto, long offset, ByteBuffer target) {
    Optional<String> path = external.path(proto, tensor.name());
    if (path.isEmpty()) {
      throw refuse(tensor, "its values are in another file, which the model does not name");
    }
    try {
      long begin = external.offset(proto, tensor.name());
      new RangeFile(hadoop).read(path.get(), begin + offset, target);
    } catch (IOException e) {
      throw refuse(tensor, "its values in %s: %s".formatted(path.get(), e.getMessage()));
    }
  }
}
