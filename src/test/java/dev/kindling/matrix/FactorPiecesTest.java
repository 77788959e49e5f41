package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Several tiles of rows and, in the second shape, two blocks of columns. */
class FactorPiecesTest {
  private static final Kernels KERNELS = KernelsLoader.load(KernelsMode.AUTO).kernels();

  @Test
  void piecesInAnyOrderGiveTheBitsOfTheWhole() {
    for (int[] shape : new int[][] {{9001, 70}, {2200, 2100}}) {
      float[] expected = matrix("whole", shape, PieceStore.NONE).rows(Precision.FLOAT32, 0, 100);
      MemoryStore store = new MemoryStore();
      List<FactorPiece> pieces = new ArrayList<>();
      for (FactorPiece.Kind kind : FactorPiece.Kind.values()) {
        pieces.addAll(matrix("whole", shape, store).pieces(kind));
      }
      Collections.reverse(pieces);
      pieces.forEach(piece -> matrix("whole", shape, store).make(Precision.FLOAT32, piece));

      assertThat(store.pieces).hasSize(pieces.size());
      // Past the cache of this JVM: the factor must come from the store.
      assertThat(fresh(shape, store)).isEqualTo(expected);
    }
  }

  @Test
  void lostAndTornPiecesAreComputedAgain() {
    int[] shape = {9001, 70};
    float[] expected = matrix("whole", shape, PieceStore.NONE).rows(Precision.FLOAT32, 0, 100);
    MemoryStore store = new MemoryStore();
    for (FactorPiece.Kind kind : FactorPiece.Kind.values()) {
      for (FactorPiece piece : matrix("whole", shape, store).pieces(kind)) {
        matrix("whole", shape, store).make(Precision.FLOAT32, piece);
      }
    }
    String prefix = draws(stream("whole"), 0, shape).name() + "-";
    assertThat(store.pieces.remove(prefix + "factor-0")).isNotNull();
    assertThat(store.pieces.remove(prefix + "tile-0-0-1")).isNotNull();
    store.pieces.put(prefix + "gram-0-0", new byte[5]);

    assertThat(fresh(shape, store)).isEqualTo(expected);
    assertThat(store.pieces).containsKey(prefix + "factor-0");
    assertThat(store.pieces.get(prefix + "gram-0-0")).hasSize(70 * 70 * 8);
  }

  /** Wrong rows in the store show that they are read, torn ones that they are computed again. */
  @Test
  void rowsOfASquareMatrixComeFromTheStore() {
    int[] shape = {2560, 2560};
    MemoryStore store = new MemoryStore();
    HaarMatrix matrix = matrix("square", shape, store);
    List<FactorPiece> pieces = matrix.pieces(FactorPiece.Kind.ROWS);
    float[] expected = matrix("square", shape, PieceStore.NONE).rows(Precision.FLOAT32, 512, 1024);
    assertThat(pieces).hasSize(5);

    matrix.make(Precision.FLOAT32, pieces.get(1));
    assertThat(matrix.rows(Precision.FLOAT32, 512, 1024)).isEqualTo(expected);
    String name = draws(stream("square"), 0, shape).name() + "-rows-1";
    store.pieces.get(name)[3] ^= 1;
    assertThat(matrix.rows(Precision.FLOAT32, 512, 1024)).isNotEqualTo(expected);
    store.pieces.put(name, new byte[5]);
    assertThat(matrix.rows(Precision.FLOAT32, 512, 1024)).isEqualTo(expected);
  }

  /** Several matrices share a folder, and the cache of a JVM. */
  @Test
  void whateverDecidesThePiecesIsInTheirName() {
    int[] shape = {9001, 70};
    Draws<float[]> draws = draws(stream("whole"), 0, shape);
    assertThat(
            List.of(
                draws.name(),
                draws(stream("other"), 0, shape).name(),
                draws(Stream.of(3, "whole", Purpose.ELEMENTS), 0, shape).name(),
                draws(Stream.of(4, "whole", Purpose.REFLECTIONS), 0, shape).name(),
                draws(stream("whole"), 630070, shape).name(),
                draws(stream("whole"), 0, new int[] {9002, 70}).name(),
                draws(stream("whole"), 0, new int[] {9001, 71}).name(),
                new RealDraws<>(Precision.FLOAT64, KERNELS, stream("whole"), 0, 9001, 70).name()))
        .doesNotHaveDuplicates();
  }

  @Test
  void onlyFactorsThatTakeLongAreWorthKeeping() {
    assertThat(HaarMatrix.sharesFactor(9000, 512)).isTrue();
    assertThat(HaarMatrix.sharesFactor(3072, 512)).isFalse();
    assertThat(HaarMatrix.sharesFactor(1 << 30, 2)).isTrue();
    assertThat(HaarMatrix.sharesFactor(4096, 4096)).isFalse();
    assertThat(HaarMatrix.keepsRows(4096, 4096)).isTrue();
    assertThat(HaarMatrix.keepsRows(2048, 2048)).isFalse();
    assertThat(HaarMatrix.keepsRows(4097, 4096)).isFalse();
    assertThat(HaarMatrix.keepsRows(512, 1 << 20)).isTrue();
  }

  /** What does not pay leaves the store alone. */
  @Test
  void aSmallFactorIsNotKept() {
    MemoryStore store = new MemoryStore();
    matrix("small", new int[] {300, 20}, store).rows(Precision.FLOAT32, 0, 10);
    assertThat(store.pieces).isEmpty();
  }

  private static Draws<float[]> draws(Stream stream, long start, int[] shape) {
    return new RealDraws<>(Precision.FLOAT32, KERNELS, stream, start, shape[0], shape[1]);
  }

  private static float[] fresh(int[] shape, PieceStore store) {
    float[] rows = new float[100 * shape[1]];
    Draws<float[]> draws =
        new RealDraws<>(Precision.FLOAT32, KERNELS, stream("whole"), 0, shape[0], shape[1]);
    TallRows.compute(draws, TallFactor.compute(draws, store), 0, 100, rows, 0);
    return rows;
  }

  private static HaarMatrix matrix(String name, int[] shape, PieceStore store) {
    return new HaarMatrix(KERNELS, stream(name), 0, shape[0], shape[1], store);
  }

  private static Stream stream(String name) {
    return Stream.of(3, name, Purpose.REFLECTIONS);
  }

  /** Keeps pieces in memory. */
  private static final class MemoryStore implements PieceStore {
    private final Map<String, byte[]> pieces = new TreeMap<>();

    @Override
    public Optional<ByteBuffer> load(String name) {
      return Optional.ofNullable(pieces.get(name)).map(ByteBuffer::wrap);
    }

    @Override
    public void save(String name, ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      pieces.put(name, copy);
    }
  }
}
