package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What the recipe says of one tensor.
 *
 * @param tensor its name, part of the address of every draw
 * @param shape extents
 * @param type element type in the model; float tensors are written in the checkpoint's type instead
 * @param role what it is for
 * @param layout where a weight keeps its outputs
 * @param aliases other names for the same tensor
 * @param rule why the scheme was chosen, in words
 * @param source where the values come from
 */
public record RecipeEntry(
    String tensor,
    Shape shape,
    ElementType type,
    Role role,
    Layout layout,
    List<String> aliases,
    String rule,
    Source source)
    implements Serializable {
  public RecipeEntry {
    Require.notBlank(tensor, "tensor name");
    Objects.requireNonNull(shape, "shape is null");
    Objects.requireNonNull(layout, "layout is null");
    Objects.requireNonNull(source, "source is null");
    aliases = List.copyOf(aliases);
    if (source instanceof Source.Drawn drawn) {
      new BlockCover(tensor, role.matrix(shape), layout).check(drawn.blocks());
    } else if (source instanceof Source.Expanded expanded
        && !expanded.expansion().shape().equals(shape)) {
      throw new IllegalArgumentException(
          "tensor '%s' does not have the shape of its expansion (expected %s, found %s)"
              .formatted(tensor, expanded.expansion().shape(), shape));
    }
  }

  /** Returns the shape that rows and columns are counted on, see {@link Role#matrix}. */
  public Shape matrix() {
    return role.matrix(shape);
  }

  /** Returns the rows of the tensor seen as a matrix: its first axis, 1 for a scalar. */
  public long rows() {
    return shape.rank() == 0 ? 1 : matrix().dim(0);
  }

  /** Returns the columns of the tensor seen as a matrix: the product of all axes but the first. */
  public long columns() {
    return matrix().elementsFrom(1);
  }

  /** Returns whether this is the tensor's name or an alias. */
  public boolean isNamed(String name) {
    return tensor.equals(name) || aliases.contains(name);
  }

  /** Returns whether the values are those of the model or of a file, which nothing may change. */
  public boolean isKept() {
    return !(source instanceof Source.Drawn || source instanceof Source.Computed);
  }

  /** Returns whether the values are the model's own, which its graph has already. */
  public boolean isModels() {
    return source instanceof Source.External;
  }

  /** Returns the number of output channels. */
  public long channels() {
    return layout == Layout.OUT_IN ? rows() : groups() * (columns() / taps());
  }

  /**
   * Returns for each block of output channels one past its last channel; a single one if the blocks
   * divide something else.
   */
  public List<Integer> blockEnds() {
    boolean divided =
        source instanceof Source.Drawn drawn
            && drawn.blocks().stream().allMatch(this::dividesChannels);
    return divided
        ? ((Source.Drawn) source)
            .blocks().stream().map(block -> Math.toIntExact(channel(block.to()))).toList()
        : List.of(Math.toIntExact(channels()));
  }

  /** Returns this entry with its scale multiplied by {@code factor}. */
  public RecipeEntry scaledBy(double factor) {
    return scaledBy(PerChannel.all(factor));
  }

  /** Returns this entry with the scale of every channel multiplied by one of {@code factors}. */
  public RecipeEntry scaledBy(PerChannel factors) {
    return source instanceof Source.Computed computed
        ? with(computed.scaledBy(factors), rule)
        : changed(block -> block.scaledBy(slice(block, factors)));
  }

  /** Returns this entry with one of {@code summands} added to the shift of every channel. */
  public RecipeEntry shiftedBy(PerChannel summands) {
    return source instanceof Source.Computed computed
        ? with(computed.shiftedBy(summands), rule)
        : changed(block -> block.shiftedBy(slice(block, summands)));
  }

  private RecipeEntry changed(UnaryOperator<Block> change) {
    if (!(source instanceof Source.Drawn drawn)) {
      throw new IllegalArgumentException(
          "tensor '" + tensor + "' is kept and cannot be scaled or shifted");
    }
    return with(new Source.Drawn(drawn.blocks().stream().map(change).toList()), rule);
  }

  private PerChannel slice(Block block, PerChannel numbers) {
    return dividesChannels(block)
        ? numbers.slice(
            Math.toIntExact(channel(block.from())), Math.toIntExact(channel(block.to())))
        : numbers;
  }

  private boolean dividesChannels(Block block) {
    return (block.axis() == Block.Axis.ROWS) == (layout == Layout.OUT_IN);
  }

  /** Returns the output channel of an element of a tensor that is not cut into groups. */
  public int channelOf(long index) {
    long place = layout == Layout.OUT_IN ? index / columns() : index % columns() / taps();
    return Math.toIntExact(place);
  }

  private long channel(long rowOrColumn) {
    return layout == Layout.OUT_IN ? rowOrColumn : rowOrColumn / taps();
  }

  private long taps() {
    return matrix().elementsFrom(2);
  }

  private long groups() {
    return source instanceof Source.Drawn drawn && !dividesChannels(drawn.blocks().get(0))
        ? drawn.blocks().get(0).parts()
        : 1;
  }

  /** Returns this entry with values from elsewhere, chosen for another reason. */
  public RecipeEntry with(Source other, String why) {
    return new RecipeEntry(tensor, shape, type, role, layout, aliases, why, other);
  }

  /** Returns this entry with its values from elsewhere. */
  RecipeEntry withSource(Source other) {
    return new RecipeEntry(tensor, shape, type, role, layout, aliases, rule, other);
  }

  /** Returns this entry with other blocks, chosen for another reason. */
  RecipeEntry withBlocks(List<Block> blocks, String why) {
    return with(new Source.Drawn(blocks), why);
  }
}
