package dev.kindling.datastart;

import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.recipe.TensorValues;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Ones;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Recipes of weights that are stored as length and direction. Both are drawn: a direction is
 * normals under its own name, and a length is one times the scale of its output.
 *
 * @param names how lengths and directions are called
 * @param weights names of the weights
 */
public record WeightNormRecipe(WeightNorm.Names names, Set<String> weights) {
  public WeightNormRecipe {
    weights = Set.copyOf(weights);
  }

  /** Returns a recipe whose weights are their directions; graphs know these by an alias. */
  public Recipe directions(Recipe recipe) {
    return recipe.withEntries(
        recipe.entries().stream().map(entry -> isOurs(entry) ? direction(entry) : entry).toList());
  }

  /**
   * Returns the recipe of lengths and directions.
   *
   * @param calibrated that of directions, whose scales make weights of them
   * @param values gives the values of directions
   */
  public Recipe split(Recipe calibrated, TensorValues values) {
    List<RecipeEntry> entries = new ArrayList<>();
    for (RecipeEntry entry : calibrated.entries()) {
      if (isOurs(entry)) {
        RecipeEntry plain = named(entry, weight(entry), entry.rule(), plain(entry));
        entries.add(length(plain, scale(entry), norms(plain, values)));
        entries.add(
            named(entry, entry.tensor(), "start: direction of " + plain.tensor(), plain(entry)));
      } else {
        entries.add(entry);
      }
    }
    return calibrated.withEntries(entries);
  }

  private boolean isOurs(RecipeEntry entry) {
    return weights.stream().anyMatch(entry::isNamed);
  }

  private String weight(RecipeEntry entry) {
    return weights.stream().filter(entry::isNamed).findFirst().orElseThrow();
  }

  private RecipeEntry direction(RecipeEntry entry) {
    List<String> aliases = new ArrayList<>(entry.aliases());
    aliases.add(entry.tensor());
    return new RecipeEntry(
        names.direction(weight(entry)),
        entry.shape(),
        entry.type(),
        entry.role(),
        entry.layout(),
        aliases,
        "start: direction",
        drawn(entry, new Normal(0, WeightNorm.STD)));
  }

  private static Source.Drawn drawn(RecipeEntry entry, Normal normal) {
    return new Source.Drawn(List.of(Block.whole(entry.rows(), 1, normal, Fans.NONE)));
  }

  private static Source.Drawn plain(RecipeEntry entry) {
    return drawn(entry, new Normal(0, WeightNorm.STD));
  }

  private static RecipeEntry named(RecipeEntry entry, String name, String why, Source source) {
    return new RecipeEntry(
        name, entry.shape(), entry.type(), entry.role(), entry.layout(), List.of(), why, source);
  }

  private static PerChannel scale(RecipeEntry entry) {
    return ((Source.Drawn) entry.source()).blocks().get(0).scale();
  }

  /** Returns the Euclidean norm of all that goes into each output. */
  private double[] norms(RecipeEntry plain, TensorValues values) {
    RecipeEntry direction =
        named(plain, names.direction(plain.tensor()), plain.rule(), plain.source());
    double[] squares = new double[Math.toIntExact(plain.channels())];
    float[] row = new float[Math.toIntExact(plain.columns())];
    for (long first = 0; first < plain.shape().elementCount(); first += row.length) {
      values.fill(direction, first, row, 0, row.length);
      for (int i = 0; i < row.length; i++) {
        squares[plain.channelOf(first + i)] += (double) row[i] * row[i];
      }
    }
    return Arrays.stream(squares).map(Math::sqrt).toArray();
  }

  private RecipeEntry length(RecipeEntry plain, PerChannel scale, double[] norms) {
    int axis = plain.layout() == Layout.OUT_IN ? 0 : 1;
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < plain.shape().rank(); i++) {
      dims.add(i == axis ? plain.shape().dim(i) : 1L);
    }
    Shape shape = new Shape(dims);
    PerChannel lengths = scale.times(new PerChannel(Arrays.stream(norms).boxed().toList()));
    return new RecipeEntry(
        names.length(plain.tensor()),
        shape,
        plain.type(),
        Role.NORM_SCALE,
        plain.layout(),
        List.of(),
        "start: length of " + plain.tensor(),
        new Source.Drawn(
            List.of(
                new Block(
                    Block.Axis.ROWS,
                    0,
                    shape.dim(0),
                    1,
                    new Ones(),
                    Fans.NONE,
                    lengths,
                    PerChannel.ZERO))));
  }
}
