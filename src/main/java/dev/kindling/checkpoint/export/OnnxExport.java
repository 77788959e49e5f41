package dev.kindling.checkpoint.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.kindling.checkpoint.WholeFile;
import dev.kindling.model.Model;
import dev.kindling.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint as the ONNX model that it belongs to: one {@code model.onnx}, or beside it {@code
 * model-00001-of-000NN.data} with the weights. Tensors have the names of the checkpoint and the
 * element types of the graph.
 */
public final class OnnxExport implements Export {
  private static final String MODEL = "model.onnx";

  /** What protobuf can hold. */
  private static final long MAX_BYTES = Integer.MAX_VALUE;

  /** Where the weights go. */
  public enum Storage {
    /** Into the model if it can hold them, otherwise into files of their own. */
    AUTO,
    /** Into files of their own. */
    EXTERNAL
  }

  private final OnnxWeights model;
  private final List<OnnxDataFile> files;

  private OnnxExport(OnnxWeights model, List<OnnxDataFile> files) {
    this.model = model;
    this.files = List.copyOf(files);
  }

  /**
   * Returns the files of a checkpoint.
   *
   * @param model the model, with a graph
   * @param recipe the checkpoint's recipe
   * @param dataBytes values in a file of their own at most, in bytes, except that it holds at least
   *     one tensor
   * @throws dev.kindling.base.InputException if the model does not fit the checkpoint
   */
  public static OnnxExport of(Model model, Recipe recipe, Storage storage, long dataBytes) {
    OnnxWeights export = OnnxWeights.of(model, recipe);
    if (storage == Storage.AUTO && new OnnxFile(MODEL, export).length() <= MAX_BYTES) {
      return new OnnxExport(export, List.of());
    }
    List<List<StoredTensor>> parts = Packing.of(export.weights(), dataBytes);
    List<OnnxDataFile> files = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String name = "model-%05d-of-%05d.data".formatted(i + 1, parts.size());
      files.add(new OnnxDataFile(name, parts.get(i)));
    }
    return new OnnxExport(export, files);
  }

  @Override
  public List<OnnxDataFile> files() {
    return files;
  }

  /** {@inheritDoc} The model comes last. */
  @Override
  public void finish(ExportSource source, FileSystem fs, Path folder) {
    if (files.isEmpty()) {
      new OnnxFile(MODEL, model).write(source, fs, folder);
      return;
    }
    GraphProto.Builder graph = model.graph().getGraph().toBuilder();
    for (OnnxDataFile file : files) {
      file.check(fs, folder);
      graph.addAllInitializer(file.references());
    }
    byte[] bytes = model.graph().toBuilder().setGraph(graph).build().toByteArray();
    WholeFile.write(fs, new Path(folder, MODEL), out -> out.write(bytes));
  }
}
