package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.matrix.FactorPiece;
import dev.kindling.matrix.PieceStore;
import dev.kindling.model.ElementType;
import dev.kindling.scheme.Convention;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedFactorTest {
  private static final Kernels KERNELS = KernelsLoader.load(KernelsMode.AUTO).kernels();

  /**
   * What rows ask for is among what is made beforehand, name by name. No two shapes are equal,
   * since the JVM keeps factors.
   */
  @ParameterizedTest
  @CsvSource({
    "orthogonal, , dense, '9000,512', , 1",
    "orthogonal, , dense, '9001,512', layout=in-out, 1",
    "orthogonal, , conv, '18000,128,2,2', groups=2, 2",
    "orthogonal, , embedding, '70000,180', , 1",
    "delta_orthogonal, , conv, '9002,512,3', , 1",
    "looks_linear, place=hidden, dense, '18006,1024', , 1",
    "looks_linear, place=first, dense, '18008,512', , 1",
  })
  void isWhatRowsAskFor(
      String scheme, String parameters, String role, String shape, String extras, int count) {
    RecipeEntry entry = entry(scheme, parameters, role, shape, extras);
    List<SharedFactor> factors = SharedFactor.of(entry);
    assertThat(factors).hasSize(count);

    Recorder asked = new Recorder();
    RecipeValues values =
        new RecipeValues(SchemeCase.SEED, KERNELS, file -> ByteBuffer.allocate(0), asked);
    long elements = entry.shape().elementCount();
    float[] few = new float[4];
    values.fill(entry, 0, few, 0, 4);
    values.fill(entry, elements - 4, few, 0, 4);

    Recorder made = new Recorder();
    for (SharedFactor factor : factors) {
      for (FactorPiece.Kind kind : FactorPiece.Kind.values()) {
        for (FactorPiece piece : factor.pieces(kind)) {
          made.pieces.putAll(asked.pieces);
          factor.make(SchemeCase.SEED, KERNELS, ElementType.F32, piece, made);
        }
      }
    }
    assertThat(asked.pieces.keySet()).isNotEmpty().isSubsetOf(made.loaded);
  }

  @ParameterizedTest
  @CsvSource({
    "orthogonal, dense, '512,9000'",
    "orthogonal, dense, '2048,2048'",
    "orthogonal, dense, '600,500'",
    "orthogonal, dense, '0,5'",
    "he_normal, dense, '9000,512'",
    "polar, dense, '3000,1200'",
    "zeros, bias, '9000'"
  })
  void isNoneWhereItDoesNotPay(String scheme, String role, String shape) {
    assertThat(SharedFactor.of(entry(scheme, null, role, shape, null))).isEmpty();
  }

  @Test
  void aWideMatrixHasBlocksOfRows() {
    RecipeEntry entry = entry("orthogonal", null, "dense", "2560,3000", null);
    SharedFactor matrix = SharedFactor.of(entry).get(0);
    for (FactorPiece.Kind kind : FactorPiece.Kind.values()) {
      assertThat(matrix.pieces(kind)).hasSize(kind == FactorPiece.Kind.ROWS ? 5 : 0);
    }
  }

  @Test
  void float64HasPiecesOfItsOwn() {
    RecipeEntry entry = entry("orthogonal", null, "dense", "9000,512", null);
    SharedFactor factor = SharedFactor.of(entry).get(0);
    TreeSet<String> names = new TreeSet<>();
    for (ElementType type : List.of(ElementType.F32, ElementType.F64)) {
      Recorder recorder = new Recorder();
      FactorPiece tile = factor.pieces(FactorPiece.Kind.TILE).get(2);
      factor.make(SchemeCase.SEED, KERNELS, type, tile, recorder);
      names.addAll(recorder.pieces.keySet());
    }
    assertThat(names).hasSize(2);
  }

  private static RecipeEntry entry(
      String scheme, String parameters, String role, String shape, String extras) {
    return new SchemeCase(
            scheme, parameters == null ? "" : parameters, role, shape, extras == null ? "" : extras)
        .plan(Convention.PAPER);
  }

  /** Keeps pieces in memory and the names that it was asked for. */
  private static final class Recorder implements PieceStore {
    private final Map<String, byte[]> pieces = new TreeMap<>();
    private final TreeSet<String> loaded = new TreeSet<>();

    @Override
    public Optional<ByteBuffer> load(String name) {
      loaded.add(name);
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
