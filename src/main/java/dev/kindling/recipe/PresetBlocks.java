package dev.kindling.recipe;

import dev.kindling.model.Fans;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Tensor;
import dev.kindling.preset.Given;
import dev.kindling.recipe.Planner.Choice;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Zeros;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Turns what a preset gives to a tensor into blocks. */
record PresetBlocks(Tensor tensor, Given given) {
  /**
   * Returns the tensor's entry.
   *
   * @param drawn makes an entry of a choice
   * @param otherwise what the tensor would get without the preset
   */
  RecipeEntry entry(Function<Choice, RecipeEntry> drawn, Optional<Choice> otherwise) {
    if (given.parts().size() > 1) {
      return tensor.shape().rank() == 1 ? channels(drawn) : parts(drawn);
    }
    Given.Part part = given.parts().get(0);
    if (part.scheme().isPresent()) {
      return scaled(drawn.apply(new Choice(part.scheme().get(), given.why())), part);
    }
    Choice plain =
        otherwise.orElseThrow(
            () -> new IllegalArgumentException("no scheme that the preset could scale covers it"));
    RecipeEntry entry = drawn.apply(plain);
    return scaled(entry.withBlocks(blocks(entry), given.why() + "; " + entry.rule()), part);
  }

  /** One number for each element of a bias. */
  private RecipeEntry channels(Function<Choice, RecipeEntry> drawn) {
    List<Double> values = given.parts().stream().map(PresetBlocks::value).toList();
    RecipeEntry entry = drawn.apply(new Choice(new Zeros(), given.why()));
    Block block =
        new Block(
            Block.Axis.ROWS,
            0,
            values.size(),
            1,
            new Zeros(),
            Fans.NONE,
            PerChannel.ONE,
            new PerChannel(values));
    return entry.withBlocks(List.of(block), given.why());
  }

  private static double value(Given.Part part) {
    return ((Constant) part.scheme().orElseThrow()).value();
  }

  /** Each matrix that the tensor stores has its own scheme and factor. */
  private RecipeEntry parts(Function<Choice, RecipeEntry> drawn) {
    Scheme first = given.parts().get(0).scheme().orElseThrow();
    RecipeEntry entry = drawn.apply(new Choice(first, given.why(), stored()));
    List<Block> cut = blocks(entry);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < cut.size(); i++) {
      Block block = cut.get(i);
      Given.Part part = given.parts().get(i % given.parts().size());
      blocks.add(
          new Block(
                  block.axis(),
                  block.from(),
                  block.to(),
                  block.parts(),
                  part.scheme().orElse(block.scheme()),
                  block.fans(),
                  block.scale(),
                  block.shift())
              .scaledBy(part.factor()));
    }
    return entry.withBlocks(blocks, given.why());
  }

  /** The model's stored matrices, perhaps a share of each for every head, or equal ones. */
  private List<FusedPart> stored() {
    int count = given.parts().size();
    if (!tensor.fused().isEmpty() && tensor.fused().size() % count == 0) {
      return tensor.fused();
    }
    if (tensor.fused().size() == 1) {
      throw new IllegalArgumentException(
          "its %s are interleaved by heads, whose number its shape does not tell; use the graph, or a rule with parts"
              .formatted(tensor.fused().get(0).name()));
    }
    long outputs = tensor.shape().dim(tensor.layout() == Layout.OUT_IN ? 0 : 1);
    if (outputs % count != 0) {
      throw new IllegalArgumentException(
          "%d outputs do not divide into %d matrices of one size; add a rule with parts"
              .formatted(outputs, count));
    }
    return FusedPart.numbered(Collections.nCopies(count, outputs / count));
  }

  private RecipeEntry scaled(RecipeEntry entry, Given.Part part) {
    List<Block> blocks =
        blocks(entry).stream().map(block -> block.scaledBy(factor(block, part))).toList();
    return entry.withBlocks(blocks, entry.rule());
  }

  /** The deviation at other fans, as a factor on that at the block's own. */
  private static double factor(Block block, Given.Part part) {
    Draw own = block.scheme().draw(block.fans());
    if (part.at().isEmpty() || own.factor() == 0) {
      return part.factor();
    }
    if (own instanceof Draw.Haar) {
      // Its elements shrink with the width by themselves, as a hidden weight's must.
      return 1;
    }
    return part.factor() * block.scheme().draw(part.at().get()).factor() / own.factor();
  }

  private static List<Block> blocks(RecipeEntry entry) {
    return ((Source.Drawn) entry.source()).blocks();
  }
}
