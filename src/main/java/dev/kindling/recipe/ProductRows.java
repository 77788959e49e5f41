package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.matrix.ProductFactors;
import dev.kindling.random.Stream;
import dev.kindling.scheme.Mimetic;
import java.util.HashMap;
import java.util.Map;

/**
 * Elements of factors of products. Both factors of the products of a tensor are kept until another
 * tensor's are asked for that is not of the same group, since each is computed as a whole.
 */
final class ProductRows {
  private final long seed;
  private final Kernels kernels;
  private final Map<Key, ProductFactors.Pair> kept = new HashMap<>();
  private String tensor = "";

  ProductRows(long seed, Kernels kernels) {
    this.seed = seed;
    this.kernels = kernels;
  }

  /** What a pair of factors is a function of, with the seed. */
  private record Key(
      String group, long product, int side, int rank, double noise, double diagonal) {}

  /** Writes elements of a tensor from a flat index on, all of them in the block. */
  void fill(
      RecipeEntry entry, Block block, Mimetic scheme, long start, Affine affine, Target target) {
    ProductPart part =
        ProductPart.of(entry.tensor(), entry.matrix(), entry.layout(), block, scheme);
    if (!entry.tensor().equals(tensor)) {
      tensor = entry.tensor();
      kept.keySet().removeIf(key -> !key.group().equals(part.group()));
    }
    long columns = entry.columns();
    long held = -1;
    double[][] factor = {};
    for (int i = 0; i < target.length(); i++) {
      long row = (start + i) / columns;
      long column = (start + i) % columns;
      long vector = part.vector(row, column);
      if (part.product(vector) != held) {
        held = part.product(vector);
        factor = factor(part, held);
      }
      double element = factor[part.row(vector)][part.element(row, column)];
      target.put(i, affine.factor() * element + affine.summand());
    }
  }

  private double[][] factor(ProductPart part, long product) {
    Mimetic scheme = part.scheme();
    Key key =
        new Key(part.group(), product, part.side(), part.rank(), scheme.noise(), scheme.diagonal());
    ProductFactors.Pair pair = kept.computeIfAbsent(key, this::compute);
    return scheme.part().isLeft() ? pair.left() : pair.right();
  }

  private ProductFactors.Pair compute(Key key) {
    return ProductFactors.compute(
        kernels,
        Stream.of(seed, key.group(), Stream.Purpose.ELEMENTS),
        key.product() * key.side() * key.side(),
        key.side(),
        key.rank(),
        key.noise(),
        key.diagonal());
  }
}
