package dev.kindling.matrix;

import dev.kindling.matrix.FactorPiece.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The pieces of the factor of a matrix with more rows than columns: read from the store, or
 * computed from other pieces and kept there. Not safe for use by several threads at once.
 */
final class FactorPieces<A> {
  private final Draws<A> draws;
  private final TallShape shape;
  private final PieceStore store;

  /** What a store that keeps nothing would have computed twice. */
  private final Map<String, double[]> grams = new HashMap<>();

  FactorPieces(Draws<A> draws, PieceStore store) {
    this.draws = draws;
    this.shape = new TallShape(draws.rows(), draws.columns());
    this.store = store;
  }

  /** Returns all pieces of a kind. */
  static List<FactorPiece> all(TallShape shape, Kind kind) {
    List<FactorPiece> pieces = new ArrayList<>();
    switch (kind) {
      case TILE, GRAM -> {
        int tiles = kind == Kind.TILE ? shape.tiles() : 1;
        for (int right = 0; right < shape.gramBlocks(); right++) {
          for (int left = 0; left <= right; left++) {
            for (int tile = 0; tile < tiles; tile++) {
              pieces.add(new FactorPiece(kind, left, right, tile));
            }
          }
        }
      }
      case HEADS -> pieces.add(new FactorPiece(kind, 0, 0, 0));
      case FACTOR -> {
        for (int block = 0; block < shape.factorBlocks(); block++) {
          pieces.add(new FactorPiece(kind, block, 0, 0));
        }
      }
      case ROWS -> {}
    }
    return pieces;
  }

  /** Makes a piece stand in the store. */
  void make(FactorPiece piece) {
    switch (piece.kind()) {
      case TILE -> keepTile(piece.left(), piece.right(), piece.tile());
      case GRAM -> gram(piece.left(), piece.right());
      case HEADS -> heads();
      case FACTOR -> factor(solver(), piece.left());
      case ROWS -> throw new IllegalArgumentException("rows are not pieces of a factor");
    }
  }

  /** Returns what solves for blocks of columns of S. */
  TallSolver<A> solver() {
    return new TallSolver<>(draws, heads(), this::gram);
  }

  /** Returns the diagonal of U. */
  double[] heads() {
    FactorPiece piece = new FactorPiece(Kind.HEADS, 0, 0, 0);
    return kept(piece, shape.columns(), this::computeHeads);
  }

  /** Returns a block of columns of {@code -S D}, solved for only if the store does not have it. */
  Stripes<A> factor(TallSolver<A> solver, int block) {
    String name = name(new FactorPiece(Kind.FACTOR, block, 0, 0));
    Stripes<A> factor =
        new Stripes<>(draws.precision(), shape.factorStart(block + 1), shape.factorWidth(block));
    int length = factor.index(factor.count(), 0);
    ByteBuffer bytes = load(name, (long) length * draws.precision().bytes());
    if (bytes != null) {
      draws.precision().read(bytes, factor.values());
      return factor;
    }
    Stripes<A> solved = solver.solve(block);
    if (store == PieceStore.NONE) {
      return solved;
    }
    ByteBuffer buffer = allocate((long) length * draws.precision().bytes());
    draws.precision().write(solved.values(), buffer);
    store.save(name, buffer.flip());
    return solved;
  }

  private double[] gram(int left, int right) {
    FactorPiece piece = new FactorPiece(Kind.GRAM, left, right, 0);
    if (store == PieceStore.NONE) {
      return grams.computeIfAbsent(piece.name(), name -> sum(left, right));
    }
    int length = shape.gramWidth(left) * shape.gramWidth(right);
    return kept(piece, length, () -> sum(left, right));
  }

  private double[] sum(int left, int right) {
    double[] sum = tile(left, right, 0);
    for (int tile = 1; tile < shape.tiles(); tile++) {
      double[] summand = tile(left, right, tile);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += summand[i];
      }
    }
    return sum;
  }

  /** Tiles that nobody asked for are not kept: all of them are larger than a wide matrix. */
  private double[] tile(int left, int right, int tile) {
    int length = shape.gramWidth(left) * shape.gramWidth(right);
    return find(new FactorPiece(Kind.TILE, left, right, tile), length)
        .orElseGet(() -> TallGram.tile(draws, left, right, tile));
  }

  private void keepTile(int left, int right, int tile) {
    int length = shape.gramWidth(left) * shape.gramWidth(right);
    kept(
        new FactorPiece(Kind.TILE, left, right, tile),
        length,
        () -> TallGram.tile(draws, left, right, tile));
  }

  private double[] computeHeads() {
    double[] heads = new double[shape.columns()];
    A draw = draws.precision().allocate(1);
    for (int block = 0; block < shape.gramBlocks(); block++) {
      double[] sums = gram(block, block);
      int first = shape.gramStart(block);
      int width = shape.gramWidth(block);
      for (int k = 0; k < width; k++) {
        draws.row(first + k, first + k, first + k + 1, draw, 0);
        heads[first + k] =
            PanelFactor.head(draws.precision(), draws.precision().at(draw, 0), sums[k * width + k]);
      }
    }
    return heads;
  }

  private double[] kept(FactorPiece piece, int length, Supplier<double[]> compute) {
    return find(piece, length).orElseGet(() -> keep(piece, compute.get()));
  }

  private Optional<double[]> find(FactorPiece piece, int length) {
    ByteBuffer bytes = load(name(piece), (long) length * Double.BYTES);
    if (bytes == null) {
      return Optional.empty();
    }
    double[] values = new double[length];
    Precision.FLOAT64.read(bytes, values);
    return Optional.of(values);
  }

  private double[] keep(FactorPiece piece, double[] values) {
    if (store != PieceStore.NONE) {
      ByteBuffer buffer = allocate((long) values.length * Double.BYTES);
      Precision.FLOAT64.write(values, buffer);
      store.save(name(piece), buffer.flip());
    }
    return values;
  }

  /** All that decides the content is in the name, so that matrices may share a store. */
  private String name(FactorPiece piece) {
    return draws.name() + "-" + piece.name();
  }

  /** Returns null if the store does not have the piece whole. */
  private ByteBuffer load(String name, long bytes) {
    return store
        .load(name)
        .filter(buffer -> buffer.remaining() == bytes)
        .map(buffer -> buffer.order(ByteOrder.LITTLE_ENDIAN))
        .orElse(null);
  }

  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
