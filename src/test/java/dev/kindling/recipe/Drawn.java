package dev.kindling.recipe;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Scheme;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One tensor of a model that is planned and drawn, for tests. */
record Drawn(RecipeEntry entry) {
  private static final long SEED = 2026;

  /** Plans a tensor with a scheme that a rule states. */
  static Drawn of(Tensor tensor, Scheme scheme, Convention convention) {
    Rule rule = new Rule(Optional.of("*"), Optional.empty(), scheme);
    InitSettings settings = new InitSettings(SEED, List.of(rule), Optional.empty(), convention);
    Model model = new Model("m", List.of(tensor), Optional.empty());
    return new Drawn(Planner.plan(model, settings, Set.of()).recipe().entry(tensor.name()));
  }

  static Drawn of(Tensor tensor, Scheme scheme) {
    return of(tensor, scheme, Convention.PAPER);
  }

  Draw draw() {
    Block block = blocks().get(0);
    return block.scheme().draw(block.fans());
  }

  List<Block> blocks() {
    return ((Source.Drawn) entry.source()).blocks();
  }

  float[] values() {
    return values(0, (int) entry.shape().elementCount());
  }

  float[] values(long start, int length) {
    float[] values = new float[length];
    new RecipeValues(SEED, new ScalarKernels(), file -> ByteBuffer.allocate(0))
        .fill(entry, start, values, 0, length);
    return values;
  }
}
