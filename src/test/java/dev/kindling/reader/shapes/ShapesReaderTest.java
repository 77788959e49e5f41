package dev.kindling.reader.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.reader.ModelFiles;
import dev.kindling.reader.ModelReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapesReaderTest {
  private static Model read(String text) {
    return ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.json");
  }

  @Test
  void namesDecideRoles() {
    Model model =
        read(
            """
            {"conv.weight": [8, 3, 3, 3], "conv.bias": [8],
             "bn.weight": [8], "bn.bias": [8], "bn.running_mean": [8], "bn.running_var": [8],
             "bn.num_batches_tracked": [],
             "rms_norm.weight": [8], "gate.weight": [8], "fc.weight": [10, 8], "fc.bias": [10],
             "weight": [2, 2], "scale": [1], "big.weight": [1, 2, 3, 4, 5, 6]}
            """);
    assertThat(model.graph()).isEmpty();
    assertThat(ModelFiles.table(model))
        .isEqualTo(
            """
            conv.weight [8, 3, 3, 3] conv OUT_IN 27/72 NONE
            conv.bias [8] bias
            bn.weight [8] norm-scale
            bn.bias [8] norm-shift
            bn.running_mean [8] running-mean
            bn.running_var [8] running-variance
            bn.num_batches_tracked [] constant
            rms_norm.weight [8] norm-scale
            gate.weight [8] constant
            fc.weight [10, 8] dense OUT_IN 8/10 NONE
            fc.bias [10] bias
            weight [2, 2] dense OUT_IN 2/2 NONE
            scale [1] constant
            big.weight [1, 2, 3, 4, 5, 6] constant
            """);
    assertThat(model.tensors().get(6).type()).isEqualTo(ElementType.I64);
    assertThat(model.tensors().get(6).values()).isPresent();
  }

  @Test
  void torchNamesSayWhatIsStoredAsOneTensor() {
    Model model =
        read(
            """
            {"lstm.weight_ih_l0": [48, 20], "lstm.weight_hh_l0": [48, 12],
             "lstm.bias_ih_l0": [48], "lstm.bias_hh_l0": [48],
             "lstm.weight_ih_l0_reverse": [48, 20], "lstm.weight_hh_l0_reverse": [48, 12],
             "proj.weight_ih_l0": [48, 20], "proj.weight_hh_l0": [48, 5], "proj.weight_hr_l0": [5, 12],
             "cell.weight_ih": [36, 7], "cell.weight_hh": [36, 12], "weight_ih_l0": [8, 3],
             "mha.in_proj_weight": [24, 8], "mha.in_proj_bias": [24], "mha.out_proj.weight": [8, 8],
             "attn.qkv_proj.weight": [16, 8], "attn.o_proj.weight": [8, 8],
             "vit.qkv.weight": [24, 8], "odd.qkv.weight": [25, 8],
             "h.0.attn.c_attn.weight": [8, 24]}
            """);
    assertThat(model.tensors())
        .extracting(
            tensor -> tensor.name() + " " + tensor.role().label() + " " + sizes(tensor.fused()))
        .containsExactly(
            "lstm.weight_ih_l0 recurrent-input i 12, f 12, g 12, o 12",
            "lstm.weight_hh_l0 recurrent-hidden i 12, f 12, g 12, o 12",
            "lstm.bias_ih_l0 recurrent-bias i 12, f 12, g 12, o 12",
            "lstm.bias_hh_l0 recurrent-bias ",
            "lstm.weight_ih_l0_reverse recurrent-input i 12, f 12, g 12, o 12",
            "lstm.weight_hh_l0_reverse recurrent-hidden i 12, f 12, g 12, o 12",
            "proj.weight_ih_l0 recurrent-input i 12, f 12, g 12, o 12",
            "proj.weight_hh_l0 recurrent-hidden i 12, f 12, g 12, o 12",
            "proj.weight_hr_l0 dense ",
            "cell.weight_ih recurrent-input r 12, z 12, n 12",
            "cell.weight_hh recurrent-hidden r 12, z 12, n 12",
            "weight_ih_l0 recurrent-input ",
            "mha.in_proj_weight fused-qkv queries 8, keys 8, values 8",
            "mha.in_proj_bias bias ",
            "mha.out_proj.weight dense ",
            "attn.qkv_proj.weight fused-qkv queries 8, keys 4, values 4",
            "attn.o_proj.weight dense ",
            "vit.qkv.weight fused-qkv queries 8, keys 8, values 8",
            "odd.qkv.weight dense ",
            "h.0.attn.c_attn.weight fused-qkv queries 8, keys 8, values 8");
    assertThat(model.tensors().get(19).layout()).isEqualTo(Layout.IN_OUT);
  }

  private static String sizes(List<FusedPart> parts) {
    return parts.stream()
        .map(part -> part.name() + " " + part.outputs())
        .collect(Collectors.joining(", "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                          | model 'm.json': it is no table of shapes (expected {"name": [extents], ...})
          [1]                         | model 'm.json': it is no table of shapes (expected {"name": [extents], ...})
          {"a": [1], "a": [2]}        | key 'a' in m.json: line 1 has it for the second time
          {"a": [1.5]}                | tensor 'a' in m.json at line 1: its shape is no list of integers that are not negative (found [1.5])
          {"a": [-1]}                 | tensor 'a' in m.json at line 1: its shape is no list of integers that are not negative (found [-1])
          {"a": ["2"]}                | tensor 'a' in m.json at line 1: its shape is no list of integers that are not negative (found ['2'])
          {"a": [1e99]}               | tensor 'a' in m.json at line 1: its shape is no list of integers that are not negative (found [1.0E99])
          {"a": 3}                    | tensor 'a' in m.json at line 1: its shape is no list of integers that are not negative (found 3)
          {"a": [99999999999999999999]} | tensor 'a' in m.json at line 1: its shape is no list of integers that are not negative (found [99999999999999999999])
          {"a": [4294967296, 4294967296]} | tensor 'a' in m.json at line 1: shape [4294967296, 4294967296] has more than 2^63 - 1 elements
          {" ": [1]}                  | tensor ' ' in m.json at line 1: its name is blank
          """)
  void whatIsWrongIsOneLine(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      {"a": [1]
      {"a" [1]}
      {"a": [1]} x
      junk
      """)
  void textThatIsNoJsonNamesTheLine(String text) {
    assertThatThrownBy(() -> read("\n" + text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("Cannot read model 'm.json' at line ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    assertThatThrownBy(() -> read("{\"a\": 1,\n\"b\": [-2]}"))
        .isInstanceOfSatisfying(InputException.class, e -> assertThat(e.problems()).hasSize(2));
  }
}
