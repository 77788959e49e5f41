package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Well-known models as PyTorch's exporters wrote them: every tensor found has the name and the
 * shape that it has in the module's own state_dict, and what is missing is what the exporter left
 * out. {@code src/test/python/export_zoo.py} wrote both.
 */
class ZooTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          resnet50-old           | 0   | bias=1 conv=53 dense=1 norm-scale=53 norm-shift=53 running-mean=53 running-variance=53
          resnet50-dynamo        | 212 | bias=1 conv=53 dense=1
          vgg11-old              | 0   | bias=11 conv=8 dense=3
          densenet121-old        | 0   | bias=1 conv=120 dense=1 norm-scale=121 norm-shift=121 running-mean=121 running-variance=121
          mobilenet_v2-old       | 0   | bias=1 conv=35 dense=1 depthwise=17 norm-scale=52 norm-shift=52 running-mean=52 running-variance=52
          mobilenet_v2-dynamo    | 209 | conv=35 dense=1 depthwise=17
          mobilenet_v3_small-old | 0   | bias=20 conv=41 dense=2 depthwise=11 norm-scale=34 norm-shift=34 running-mean=34 running-variance=34
          convnext_tiny-dynamo   | 23  | bias=36 conv=4 dense=37 depthwise=18 norm-scale=23 norm-shift=23 residual-scale=18
          vit_b_16-old           | 0   | additive=2 bias=50 conv=1 dense=37 fused-qkv=12 norm-scale=25 norm-shift=25
          vit_b_16-dynamo        | 14  | additive=2 bias=36 conv=1 dense=37 fused-qkv=12 norm-scale=25 norm-shift=25
          timm_vit_tiny-old      | 0   | additive=2 bias=50 conv=1 dense=37 fused-qkv=12 norm-scale=25 norm-shift=25
          timm_vit_tiny-dynamo   | 1   | additive=2 bias=49 conv=1 dense=37 fused-qkv=12 norm-scale=25 norm-shift=25
          bert-old               | 0   | bias=26 dense=26 embedding=3 norm-scale=9 norm-shift=9
          bert-dynamo            | 2   | bias=24 dense=26 embedding=3 norm-scale=9 norm-shift=9
          gpt2-dynamo            | 16  | dense=12 embedding=2 fused-qkv=4 norm-scale=9 norm-shift=9
          llama-dynamo           | 0   | dense=15 embedding=1 norm-scale=5
          t5-dynamo              | 2   | dense=12 embedding=1 norm-scale=5
          neox-dynamo            | 4   | bias=8 dense=7 embedding=1 fused-qkv=2 norm-scale=3 norm-shift=3
          bloom-dynamo           | 0   | bias=8 dense=6 embedding=1 fused-qkv=2 norm-scale=6 norm-shift=6
          recurrent-old          | 0   | bias=1 dense=1 embedding=1 recurrent-bias=12 recurrent-hidden=6 recurrent-input=6
          recurrent-dynamo       | 0   | bias=3 dense=3 embedding=1 recurrent-bias=10 recurrent-hidden=5 recurrent-input=5
          """)
  void namesAndShapesAreThoseOfTheStateDict(String name, int dropped, String roles)
      throws Exception {
    Model model = ModelFiles.read("zoo/" + name + ".onnx.gz");
    Map<String, Shape> state = state(name.substring(0, name.lastIndexOf('-')));
    List<Tensor> parameters =
        model.tensors().stream().filter(tensor -> tensor.role() != Role.CONSTANT).toList();
    Set<String> missing = new TreeSet<>(state.keySet());
    for (Tensor tensor : parameters) {
      String own = own(tensor.name(), state);
      assertThat(tensor.shape()).as(tensor.name()).isEqualTo(state.get(own));
      missing.remove(own);
      tensor.aliases().forEach(alias -> missing.remove(own(alias, state)));
    }
    missing.removeIf(left -> left.endsWith("num_batches_tracked"));
    assertThat(missing).hasSize(dropped);
    assertThat(roles(parameters)).isEqualTo(roles);
  }

  /** The wrapper around models of Transformers is no part of their state_dict. */
  private static String own(String name, Map<String, Shape> state) {
    return state.containsKey(name) ? name : name.replaceFirst("^model\\.", "");
  }

  private static String roles(List<Tensor> tensors) {
    Map<String, Long> counts =
        tensors.stream()
            .collect(
                Collectors.groupingBy(
                    tensor -> tensor.role().label(), TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  private static Map<String, Shape> state(String name) throws Exception {
    Map<String, List<Long>> dims =
        new ObjectMapper()
            .readValue(
                ModelFiles.bytes("zoo/" + name + ".shapes.json.gz"),
                new TypeReference<LinkedHashMap<String, List<Long>>>() {});
    Map<String, Shape> shapes = new LinkedHashMap<>();
    dims.forEach((key, value) -> shapes.put(key, new Shape(value)));
    return shapes;
  }
}
