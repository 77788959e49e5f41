package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.forward.StagePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.forward.WholeGraph;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A finished checkpoint as others see it. */
final class Checkpoint {
  private final Path folder;
  private final dev.kindling.checkpoint.Checkpoint reader;

  Checkpoint(Path folder) throws IOException {
    this.folder = folder;
    this.reader =
        dev.kindling.checkpoint.Checkpoint.open(
            CheckpointFiles.of(
                FileSystem.getLocal(new Configuration(false)),
                new org.apache.hadoop.fs.Path(folder.toUri())));
  }

  Manifest manifest() {
    return reader.manifest();
  }

  Recipe recipe() {
    return RecipeJson.parse(manifest().recipeJson(), "manifest");
  }

  Calibration calibration() {
    return CalibrationJson.parse(manifest().calibrationJson().orElseThrow(), "manifest");
  }

  /** Returns the tensors that were drawn, as our own reader gives them. */
  Map<String, float[]> weights() {
    Map<String, float[]> weights = new TreeMap<>();
    drawn().forEach(name -> weights.put(name, floats(name)));
    return weights;
  }

  ByteBuffer values(String name) {
    return reader.values(name);
  }

  /** Returns the CRC-32 of each tensor as the manifest has it. */
  Map<String, Integer> crc32() {
    Map<String, Integer> checks = new TreeMap<>();
    manifest().tensors().forEach(it -> checks.put(it.name(), it.digest().crc32()));
    return checks;
  }

  private float[] floats(String name) {
    FloatBuffer values = reader.values(name).asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }

  /** Returns the tensors that were drawn, as DuckDB gives them. */
  Map<String, float[]> weightsOfDuckDb() throws SQLException {
    Map<String, float[]> weights = new TreeMap<>();
    for (String name : drawn()) {
      weights.put(name, new float[(int) manifest().tensor(name).shape().elementCount()]);
    }
    Map<String, Integer> next = new HashMap<>();
    query(
        "select tensor, unnest(values) from (select * from '%s' order by tensor, row)",
        rows -> {
          String name = rows.getString(1);
          if (weights.containsKey(name)) {
            weights.get(name)[next.merge(name, 1, Integer::sum) - 1] = rows.getFloat(2);
          }
        });
    return weights;
  }

  /** Checks each tensor's statistics in the manifest against DuckDB's. */
  void hasTheStatisticsOfDuckDb() throws SQLException {
    List<String> seen = new java.util.ArrayList<>();
    query(
        "select tensor, count(*), avg(v), stddev_pop(v) from"
            + " (select tensor, unnest(values)::double as v from '%s') group by tensor",
        rows -> {
          ManifestTensor tensor = manifest().tensor(rows.getString(1));
          seen.add(tensor.name());
          assertThat(rows.getLong(2)).isEqualTo(tensor.shape().elementCount());
          assertThat(rows.getDouble(3)).isCloseTo(tensor.mean(), within(1e-12));
          assertThat(rows.getDouble(4)).isCloseTo(tensor.std(), within(1e-12));
        });
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(
            manifest().tensors().stream().map(ManifestTensor::name).toList());
  }

  /**
   * Returns the variance of each layer's output, bias included, that one run of the whole graph
   * gives.
   */
  Map<String, Double> variances(Path modelFile, Map<String, float[]> weights, TensorValue data)
      throws IOException {
    return variances(outputs(modelFile, weights, data));
  }

  /** The same with the weights that an exported graph holds. */
  Map<String, Double> variancesOfExport(Path modelFile, Path exported, TensorValue data)
      throws IOException {
    Model model = ModelReader.read(Files.readAllBytes(modelFile), modelFile.toString());
    ModelProto graph = ModelProto.parseFrom(Files.readAllBytes(exported));
    return variances(outputs(model, graph, Map.of(), data));
  }

  private static Map<String, Double> variances(Map<String, TensorValue> outputs) {
    Map<String, Double> variances = new TreeMap<>();
    outputs.forEach((layer, output) -> variances.put(layer, variance(output.toFloats())));
    return variances;
  }

  /** Returns each layer's output, bias included, that one run of the whole graph gives. */
  Map<String, TensorValue> outputs(Path modelFile, Map<String, float[]> weights, TensorValue data)
      throws IOException {
    Model model = ModelReader.read(Files.readAllBytes(modelFile), modelFile.toString());
    return outputs(model, model.graph().orElseThrow().onnx(), weights, data);
  }

  private Map<String, TensorValue> outputs(
      Model model, ModelProto onnx, Map<String, float[]> weights, TensorValue data) {
    Model.Graph graph = model.graph().orElseThrow();
    String input = StagePlan.dataInputs(model, recipe()).get(0);
    Map<String, String> names = new TreeMap<>();
    graph.layers().forEach(layer -> names.put(layer.name(), output(graph, layer)));
    Map<String, TensorValue> values =
        WholeGraph.run(onnx, weights, Map.of(input, data), new TreeSet<>(names.values()));
    Map<String, TensorValue> outputs = new TreeMap<>();
    names.forEach((layer, value) -> outputs.put(layer, values.get(value)));
    return outputs;
  }

  /** Checks that these variances are 1 wherever a layer was calibrated. */
  void isCalibrated(Map<String, Double> variances) {
    for (LayerResult layer : calibration().layers()) {
      if (!layer.isLeftAlone()) {
        assertThat(variances.get(layer.layer()))
            .as("variance of %s", layer.layer())
            .isCloseTo(1, within(0.001));
      }
    }
  }

  /** Returns all files below the checkpoint's folder, relative to it. */
  List<String> files() throws IOException {
    return files(folder);
  }

  static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> folder.relativize(file).toString()).sorted().toList();
    }
  }

  /** Checks that there is nothing but the manifest and its shards. */
  void hasNoOtherFiles() throws IOException {
    String data = "data/" + manifest().id();
    List<String> expected =
        Stream.concat(
                Stream.of("", "data", data, "manifest.json"),
                manifest().shards().stream().map(shard -> shard.path()))
            .sorted()
            .toList();
    assertThat(files()).isEqualTo(expected);
  }

  private List<String> drawn() {
    return recipe().entries().stream()
        .filter(entry -> !entry.isKept())
        .map(entry -> entry.tensor())
        .collect(Collectors.toList());
  }

  /** Returns the tensor with the layer's output; a MatMul's bias is added by the next node. */
  private static String output(Model.Graph graph, Layer layer) {
    List<NodeProto> nodes = graph.onnx().getGraph().getNodeList();
    NodeProto node =
        nodes.stream().filter(it -> it.getName().equals(layer.node())).findFirst().orElseThrow();
    String output = node.getOutput(0);
    if (layer.bias().isEmpty() || !node.getOpType().equals("MatMul")) {
      return output;
    }
    return nodes.stream()
        .filter(it -> it.getOpType().equals("Add") && it.getInputList().contains(output))
        .findFirst()
        .orElseThrow()
        .getOutput(0);
  }

  static double variance(float[] values) {
    double mean = 0;
    for (float value : values) {
      mean += value / (double) values.length;
    }
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return squares / values.length;
  }

  /** Receives a row of a result. */
  private interface Rows {
    void next(ResultSet row) throws SQLException;
  }

  private void query(String sql, Rows target) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql.formatted(folder + "/data/*/*.parquet"))) {
      while (rows.next()) {
        target.next(rows);
      }
    }
  }
}
