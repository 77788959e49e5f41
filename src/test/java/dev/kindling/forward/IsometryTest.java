package dev.kindling.forward;

import static dev.kindling.forward.TestGraph.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.DeltaOrthogonal;
import dev.kindling.scheme.LooksLinear;
import dev.kindling.scheme.LooksLinear.Place;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What convolutions and ReLU networks do to their input, as ONNX Runtime computes them. */
class IsometryTest {
  private static final long SEED = 12;

  /** Also where the centre of an even kernel is not in the middle: zeros are added on its side. */
  @ParameterizedTest
  @CsvSource({"1, 3", "1, 4", "2, 5", "3, 1"})
  void deltaOrthogonalConvolutionsKeepTheNorm(int groups, int extent) {
    int in = 6 / groups;
    int before = (extent - 1) / 2;
    int after = extent - 1 - before;
    TestGraph graph =
        new TestGraph()
            .input("x", 6, 7, 9)
            .tensor("w", Role.CONV, 12, in, extent, extent)
            .node(
                "Conv",
                "x w",
                "y",
                ints("pads", before, before, after, after),
                TestGraph.number("group", groups));
    float[] w = drawn("w", new DeltaOrthogonal(2), groups, 12, in, extent, extent);

    float[] y = run(graph, Map.of("w", w)).toFloats();

    assertThat(norm(y)).isCloseTo(2 * norm(input(graph)), within(1e-6 * norm(y)));
  }

  /** A ReLU network of convolutions and one without ReLU, whose kernels are the first's W. */
  @Test
  void looksLinearConvolutionsAreThatOfTheirOriginals() {
    TestGraph mirrored = convolutions("Relu", 8, 12, 5);
    TestGraph linear = convolutions("Identity", 4, 6, 5);
    Map<String, float[]> weights = new TreeMap<>();
    weights.put("w1", drawn("w1", looks(Place.FIRST), 1, 8, 3, 3, 3));
    weights.put("w2", drawn("w2", looks(Place.HIDDEN), 1, 12, 8, 3, 3));
    weights.put("w3", drawn("w3", looks(Place.LAST), 1, 5, 12, 3, 3));
    Map<String, float[]> originals = new TreeMap<>();
    originals.put("w1", drawn("w1", new Orthogonal(1), 1, 4, 3, 3, 3));
    originals.put("w2", drawn("w2", new Orthogonal(1), 1, 6, 4, 3, 3));
    originals.put("w3", drawn("w3", new Orthogonal(1), 1, 5, 6, 3, 3));

    float[] y = run(mirrored, weights).toFloats();
    float[] expected = run(linear, originals).toFloats();

    assertThat(y).hasSameSizeAs(expected);
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isCloseTo(expected[i], within(2e-6f));
    }
    assertThat(norm(y)).isGreaterThan(1);
  }

  private static Scheme looks(Place place) {
    return new LooksLinear(place, new Orthogonal(1));
  }

  private static TestGraph convolutions(String activation, long first, long second, long last) {
    return new TestGraph()
        .input("x", 3, 6, 6)
        .tensor("w1", Role.CONV, first, 3, 3, 3)
        .tensor("w2", Role.CONV, second, first, 3, 3)
        .tensor("w3", Role.CONV, last, second, 3, 3)
        .node("Conv", "x w1", "a", ints("pads", 1, 1, 1, 1))
        .node(activation, "a", "b")
        .node("Conv", "b w2", "c", ints("pads", 1, 1, 1, 1))
        .node(activation, "c", "d")
        .node("Conv", "d w3", "y", ints("pads", 1, 1, 1, 1));
  }

  private static TensorValue run(TestGraph graph, Map<String, float[]> weights) {
    return WholeGraph.run(
            graph.model().graph().orElseThrow().onnx(), weights, graph.data().live(), Set.of("y"))
        .get("y");
  }

  private static float[] input(TestGraph graph) {
    return graph.data().tensor("x").toFloats();
  }

  private static float[] drawn(String name, Scheme scheme, int groups, long... dims) {
    Shape shape = Shape.of(dims);
    Source source = new Source.Drawn(List.of(Block.whole(dims[0], groups, scheme, new Fans(1, 1))));
    RecipeEntry entry =
        new RecipeEntry(
            name, shape, ElementType.F32, Role.CONV, Layout.OUT_IN, List.of(), "test", source);
    float[] values = new float[(int) shape.elementCount()];
    new RecipeValues(SEED, new ScalarKernels(), file -> ByteBuffer.allocate(0))
        .fill(entry, 0, values, 0, values.length);
    return values;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
