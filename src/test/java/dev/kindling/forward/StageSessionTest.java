package dev.kindling.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.ElementType;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.PerChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StageSessionTest {
  private static final int BATCHES = 40;

  /** Micro-batches of several sizes, so that buffers are used again for smaller and larger ones. */
  private static MicroBatch batch(int index) {
    SplittableRandom random = new SplittableRandom(index);
    int samples = 1 + index % 5;
    float[] values = new float[samples * 3 * 8 * 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return MicroBatch.of(
        index, Map.of("x", TensorValue.ofFloats(Shape.of(samples, 3, 8, 8), values)));
  }

  /** Both stages of the chain, whose frontier between them is z of the first. */
  private static List<StageOutput> runBoth(StageSession first, StageSession second, int index) {
    StageOutput before = first.run(batch(index), PerChannel.ONE);
    return List.of(before, second.run(before.next(), PerChannel.all(0.5)));
  }

  @Test
  void otherBatchesAtTheSameTimeChangeNoBit() throws InterruptedException, ExecutionException {
    TestGraph graph = StagedForwardTest.chain();
    List<Stage> stages = graph.plan().stages();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (StageSession first = new StageSession(stages.get(0), graph.recipe(), new TestValues());
        StageSession second = new StageSession(stages.get(1), graph.recipe(), new TestValues())) {
      List<List<StageOutput>> alone = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        alone.add(runBoth(first, second, i));
      }
      List<Future<List<StageOutput>>> together = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        int index = i;
        together.add(threads.submit(() -> runBoth(first, second, index)));
      }
      for (int i = 0; i < BATCHES; i++) {
        assertSameBits(together.get(i).get(), alone.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void weightsOfEveryFloatType(ElementType type) {
    TestGraph graph =
        new TestGraph()
            .input("x", 6)
            .tensor("w", type, Role.DENSE, 6, 6)
            .node("Cast", "w", "cast", TestGraph.number("to", 1))
            .layer("MatMul", "x cast", "y", "w", "");
    float[] identity = new float[36];
    for (int i = 0; i < 6; i++) {
      identity[7 * i] = 1;
    }
    MicroBatch batch =
        MicroBatch.of(0, Map.of("x", TensorValue.ofFloats(Shape.of(6, 6), identity)));
    try (StageSession session =
        new StageSession(graph.plan().stages().get(0), graph.recipe(), new TestValues())) {
      float[] expected = new TestValues().all(graph.recipe().entry("w"));
      // Half a unit in the last of bfloat16's 8 significant bits, for values below 0.5.
      assertThat(session.run(batch, PerChannel.ONE).z())
          .usingComparatorWithPrecision(0x1p-10f)
          .containsExactly(expected);
    }
  }

  private static void assertSameBits(List<StageOutput> actual, List<StageOutput> expected) {
    for (int stage = 0; stage < expected.size(); stage++) {
      StageOutput found = actual.get(stage);
      StageOutput wanted = expected.get(stage);
      assertThat(found.shape()).isEqualTo(wanted.shape());
      assertThat(TensorValue.ofFloats(found.shape(), found.z()))
          .isEqualTo(TensorValue.ofFloats(wanted.shape(), wanted.z()));
      assertThat(found.next()).isEqualTo(wanted.next());
    }
  }
}
