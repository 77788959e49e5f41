package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelReader;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Standard deviations are 1 / sqrt(longer side) of an orthogonal matrix, sqrt(2 / (in + out)) of
 * Glorot's.
 */
class PlanCommandTest {
  @TempDir private Path folder;
  private Path configuration;

  @BeforeEach
  void writeModel() throws Exception {
    Path model =
        Files.writeString(
            folder.resolve("m.json"),
            """
            {"lstm.weight_ih_l0": [48, 20], "lstm.weight_hh_l0": [48, 12],
             "attn.qkv_proj.weight": [64, 32], "attn.o_proj.weight": [32, 32]}
            """);
    configuration = Files.writeString(folder.resolve("c.yaml"), "model: " + model);
  }

  @Test
  void gatesShareARow() {
    assertThat(plan())
        .contains("20       12  glorot_uniform  bound 0.43301270, std 0.25000000")
        .contains("12       12  orthogonal      gain 1, std 0.28867513")
        .contains("each of i, f, g, o");
  }

  @Test
  void blocksThatDifferHaveRowsOfTheirOwn() {
    assertThat(plan())
        .containsPattern("  rows 0 to 31 +32 +32  glorot_uniform  bound 0.30618622")
        .containsPattern("  rows 32 to 47 +32 +16  glorot_uniform  bound 0.35355339")
        .containsPattern("  rows 48 to 63 +32 +16  glorot_uniform  bound 0.35355339")
        .contains("4 tensors, 4,608 float elements");
  }

  @Test
  void oneTensorIsExplainedBlockByBlock() {
    assertThat(plan("--explain", "lstm.weight_hh_l0").lines().toList())
        .contains(
            "why      recommended: recurrent-hidden, each of i, f, g, o",
            "block    rows 36 to 47: fan-in 12, fan-out 12, orthogonal, gain 1, std 0.28867513");
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void fitsANarrowTerminalAndLosesNoReason(int columns) {
    String wide = plan();
    String narrow = plan("--width", String.valueOf(columns));
    assertThat(wide.lines()).anyMatch(line -> line.length() > columns);
    assertThat(narrow.lines()).allMatch(line -> line.length() <= columns);
    assertThat(narrow)
        .contains("lstm.weight_hh_l0  [48, 12]  recurrent-hidden\n")
        .containsPattern(" 12 +12 +orthogonal +gain 1, std 0.28867513 ")
        .contains("recommended: recurrent-hidden, each of i, f, g, o\n");
  }

  /** 128 columns, 107 with their numbers only. */
  @Test
  void reasonsLeaveTheTableFirst() throws Exception {
    Files.writeString(folder.resolve("m.json"), "{\"fc1.weight\": [48, 20], \"fc1.bias\": [48]}");
    assertThat(plan("--width", "112").lines().toList())
        .contains(
            "fc1.weight  [48, 20]  dense      20       48  glorot_uniform  bound 0.29704426, std 0.17149859  3.8 KiB  (1)",
            "(1) recommended: dense + none",
            "(2) built-in: bias");
  }

  /** The user's own split, as a rule states it. */
  @Test
  void rulesSayWhatATensorStores() {
    assertThat(
            plan(
                "--set",
                "init.rules=[{match: '*o_proj*', scheme: lecun_normal, parts: [24, 8]}]",
                "--explain",
                "attn.o_proj.weight"))
        .contains("rows 0 to 23: fan-in 32, fan-out 24, lecun_normal, std 0.17677670")
        .contains("rows 24 to 31: fan-in 32, fan-out 8");
  }

  /** One export has most kinds; every tensor of it can be explained, also by its other name. */
  @Test
  void everyTensorOfAnExportIsExplained() throws Exception {
    for (String zoo :
        List.of("resnet50-old", "gpt2-dynamo", "recurrent-old", "convnext_tiny-dynamo")) {
      Path file = Path.of("src/test/resources/models/zoo", zoo + ".onnx.gz").toAbsolutePath();
      Path model = folder.resolve(zoo + ".onnx");
      try (InputStream bytes = new GZIPInputStream(Files.newInputStream(file))) {
        Files.write(model, bytes.readAllBytes());
      }
      Files.writeString(configuration, "model: " + model);
      for (String tensor : oneOfEachRole(model)) {
        assertThat(plan("--explain", tensor))
            .as(tensor)
            .containsPattern("role +\\S+")
            .containsPattern("why +\\S+")
            .containsPattern("layout +\\S+");
      }
    }
  }

  @Test
  void factsBeyondTheRoleAreToldToo() throws Exception {
    Path yaml = Path.of("conf/models/resnet18.yaml").toAbsolutePath();
    Files.writeString(configuration, "model: " + yaml);
    assertThat(plan("--explain", "layer1.0.conv1.weight").lines().toList())
        .contains("then     relu")
        .anyMatch(line -> line.startsWith("place    residual branch 1 of 8 (convolution, single)"));
    assertThat(plan("--explain", "layer1.0.bn2.weight"))
        .contains("recommended: end of ")
        .contains("scale of the norm at its end");
  }

  /** 4,608 values: nothing takes longer than to start. The model of it is in EstimateTest. */
  @Test
  void timesAreEstimated() {
    assertThat(plan("--executors", "4", "--cores", "2", "--disk-gbps", "0.5"))
        .contains("Estimate for 4 executors of 2 cores, 0.50 GB a second each: 18.0 KiB in 1 shard")
        .containsPattern(
            "command +in all +bound by +driver +scheduler +processors +longest task +disk")
        .containsPattern("init +\\d+\\.\\d s +the driver ")
        .containsPattern("verify +\\d+\\.\\d s +the driver ")
        .doesNotContain("lsuv");
    assertThat(plan("--executors", "1", "--disk-gbps", "0.5", "--width", "80").lines())
        .filteredOn(line -> line.startsWith("Estimate") || line.startsWith("init"))
        .hasSize(2)
        .allMatch(line -> line.length() <= 90);
    assertThat(plan()).doesNotContain("Estimate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--executors 4 | --disk-gbps is missing (expected for example --executors 8 --disk-gbps 0.5)",
        "--disk-gbps 1 | --executors is missing (expected for example --executors 8 --disk-gbps 0.5)",
        "--cores 4 | --executors is missing (expected for example --executors 8 --disk-gbps 0.5)",
        "--executors 0 --disk-gbps 1 | number of executors is not positive: 0",
        "--executors 1 --cores -2 --disk-gbps 1 | number of cores is not positive: -2",
        "--executors 1 --disk-gbps 0 | speed of the disk is not positive and finite: 0.0",
        "--executors 1 --disk-gbps NaN | speed of the disk is not positive and finite: NaN",
        "--executors 2000000 --cores 2000000 --disk-gbps 1 | number of executors times cores is 4000000000000 (expected at most 1000000)",
        "--executors 1 --disk-gbps 1 --forward-seconds -1 | --forward-seconds is not positive and finite: -1.0"
      })
  void estimatesNeedNumbersThatMakeSense(String options, String said) {
    StringWriter err = new StringWriter();
    List<String> arguments = new ArrayList<>(List.of("plan", configuration.toString()));
    arguments.addAll(List.of(options.split(" ")));
    int code =
        Main.run(
            new PrintWriter(new StringWriter(), true),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));
    assertThat(err.toString().lines().toList()).containsExactly("Cannot estimate: " + said);
    assertThat(code).isEqualTo(2);
  }

  @Test
  void stridesHeadsPartsAndValuesAreTold() throws Exception {
    Files.writeString(
        folder.resolve("l.yaml"),
        """
        input: {shape: [6, 8, 8]}
        layers: [conv2d-transposed: {name: up, out: 4, kernel: 4, stride: 2}]
        """);
    Files.writeString(configuration, "model: " + folder.resolve("l.yaml"));
    assertThat(plan("--explain", "up.weight").lines().toList())
        .contains("fan-in   24", "strides  4 in all, which divide the fan-in");
    for (String[] heads :
        new String[][] {
          {"vit_b_16-old", "encoder.layers.encoder_layer_3.self_attention.in_proj_weight", "12"},
          {"timm_vit_tiny-dynamo", "blocks.5.attn.qkv.weight", "3"}
        }) {
      explainZoo(heads[0]);
      assertThat(plan("--explain", heads[1]))
          .contains("stores   queries, keys, values")
          .contains("attention: queries, keys, values of %s heads".formatted(heads[2]));
    }
    explainZoo("neox-dynamo");
    assertThat(plan("--explain", "model.gpt_neox.layers.0.attention.query_key_value.weight"))
        .contains("stores   queries, keys, values of each of 8 heads");
    Path scikit = Path.of("src/test/resources/models/skl2onnx/sgd-binary.onnx").toAbsolutePath();
    Files.writeString(configuration, "model: " + scikit);
    assertThat(plan("--explain", "negate").lines().toList())
        .contains("why      kept from the model", "values   in the recipe itself");
  }

  private void explainZoo(String name) throws Exception {
    Path file = Path.of("src/test/resources/models/zoo", name + ".onnx.gz");
    Path model = folder.resolve(name + ".onnx");
    try (InputStream bytes = new GZIPInputStream(Files.newInputStream(file))) {
      Files.write(model, bytes.readAllBytes());
    }
    Files.writeString(configuration, "model: " + model);
  }

  private static List<String> oneOfEachRole(Path model) throws Exception {
    Map<Role, String> names = new LinkedHashMap<>();
    for (Tensor tensor : ModelReader.read(Files.readAllBytes(model), model.toString()).tensors()) {
      if (tensor.role() != Role.CONSTANT || tensor.values().isPresent()) {
        names.putIfAbsent(tensor.role(), tensor.name());
        tensor.aliases().forEach(alias -> names.putIfAbsent(tensor.role(), alias));
      }
    }
    return List.copyOf(names.values());
  }

  private String plan(String... more) {
    StringWriter out = new StringWriter();
    String[] arguments = new String[2 + more.length];
    arguments[0] = "plan";
    arguments[1] = configuration.toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    StringWriter err = new StringWriter();
    assertThat(Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments))
        .as(err.toString())
        .isZero();
    return out.toString();
  }
}
