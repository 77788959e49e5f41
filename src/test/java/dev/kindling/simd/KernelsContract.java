package dev.kindling.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsChoice;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Holds kernels to the bits of {@link ScalarKernels}. {@code Arrays.mismatch} compares by
 * floatToIntBits: NaNs are equal, -0 is not 0. It has a {@code main}, since one JVM can use one
 * vector width only: {@code java ... KernelsContract MODE NAME} ends with 0 if the mode gives
 * kernels of that name and they keep the contract, and prints the digest of what they drew.
 */
final class KernelsContract {
  private static final float UNTOUCHED = 12345f;
  private static final Stream STREAM = Stream.of(7, "layer.weight", Purpose.ELEMENTS);
  private static final Kernels SCALAR = new ScalarKernels();

  private static final List<Affine> AFFINES =
      List.of(
          new Affine(1, 0),
          new Affine(0.3f, -0.1f),
          new Affine(-2, 1e-3f),
          new Affine(0, 0),
          new Affine(Float.MIN_VALUE, 0),
          new Affine(1e38f, 1e38f),
          new Affine(Float.NaN, 0),
          new Affine(Float.POSITIVE_INFINITY, 1));

  private static final List<Law> LAWS =
      List.of(
          new Law.Normal(),
          new Law.Uniform(),
          new Law.TruncatedNormal(-2, 2),
          new Law.TruncatedNormal(-1, 3),
          new Law.TruncatedNormal(0, Double.POSITIVE_INFINITY),
          new Law.TruncatedNormal(Double.NEGATIVE_INFINITY, 1.5),
          new Law.TruncatedNormal(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
          new Law.TruncatedNormal(5, 6),
          new Law.TruncatedNormal(-6, -5),
          new Law.TruncatedNormal(-9, 1e-4),
          new Law.TruncatedNormal(-1e-12, 1));

  private static final int[] LENGTHS = {
    0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300, 2047, 2048,
    2049, 2111, 4098
  };

  private static final long[] STARTS = {
    0, 1, 5, 16, 33, 63, 64, 1000, (1L << 34) - 70, (1L << 34) - 64, (1L << 38) - 1, 1L << 50
  };

  private KernelsContract() {}

  public static void main(String[] arguments) {
    KernelsChoice choice =
        KernelsLoader.load(KernelsMode.valueOf(arguments[0].toUpperCase(java.util.Locale.ROOT)));
    assertThat(choice.name()).isEqualTo(arguments[1]);
    verify(choice.kernels());
    System.out.printf("%08x%n", digest(choice.kernels()));
  }

  /** Compares every range twice: before and after the long fills had it compiled. */
  static void verify(Kernels kernels) {
    ProductContract.verify(kernels);
    ranges(kernels);
    sums(kernels);
    for (Law law : LAWS) {
      longFills(kernels, new Variates(STREAM, law, AFFINES.get(1)));
    }
    ranges(kernels);
    sums(kernels);
  }

  /** CRC-32 of the little-endian bytes of 2^16 float32 and float64 values of each law. */
  static long digest(Kernels kernels) {
    CRC32 crc = new CRC32();
    float[] floats = new float[1 << 16];
    double[] doubles = new double[1 << 16];
    ByteBuffer bytes = ByteBuffer.allocate(8 * floats.length).order(ByteOrder.LITTLE_ENDIAN);
    for (Law law : LAWS) {
      Variates variates = new Variates(STREAM, law, AFFINES.get(1));
      kernels.fill(variates, 0, floats, 0, floats.length);
      bytes.asFloatBuffer().put(floats);
      crc.update(bytes.array(), 0, 4 * floats.length);
      kernels.fill(variates, 0, doubles, 0, doubles.length);
      bytes.asDoubleBuffer().put(doubles);
      crc.update(bytes.array(), 0, 8 * doubles.length);
    }
    return crc.getValue();
  }

  private static void ranges(Kernels kernels) {
    for (Law law : LAWS) {
      for (Affine affine : AFFINES) {
        Variates variates = new Variates(STREAM, law, affine);
        for (long start : STARTS) {
          range(kernels, variates, start, LENGTHS[(int) (start % LENGTHS.length)], 0);
        }
        for (int length : LENGTHS) {
          range(kernels, variates, 37, length, length % 7);
        }
      }
    }
  }

  private static void range(
      Kernels kernels, Variates variates, long start, int length, int offset) {
    float[] floats = new float[offset + length + 3];
    Arrays.fill(floats, UNTOUCHED);
    float[] actualFloats = floats.clone();
    SCALAR.fill(variates, start, floats, offset, length);
    kernels.fill(variates, start, actualFloats, offset, length);
    assertSameBits(variates, Arrays.mismatch(actualFloats, floats));
    bytes(kernels, variates, start, Arrays.copyOfRange(floats, offset, offset + length));
    double[] doubles = new double[offset + length + 3];
    Arrays.fill(doubles, UNTOUCHED);
    double[] actualDoubles = doubles.clone();
    SCALAR.fill(variates, start, doubles, offset, length);
    kernels.fill(variates, start, actualDoubles, offset, length);
    assertSameBits(variates, Arrays.mismatch(actualDoubles, doubles));
  }

  /** Sums of draws among which stand values that are no numbers, zeros of both signs, infinity. */
  private static void sums(Kernels kernels) {
    float[] floats = new float[5000];
    double[] doubles = new double[floats.length];
    Variates variates = new Variates(STREAM, LAWS.get(0), AFFINES.get(1));
    SCALAR.fill(variates, 0, floats, 0, floats.length);
    SCALAR.fill(variates, 0, doubles, 0, doubles.length);
    for (int length : LENGTHS) {
      for (int offset : new int[] {0, 1, 13}) {
        if (offset + length <= floats.length) {
          assertThat(kernels.sums(floats, offset, length, floats[0]))
              .isEqualTo(SCALAR.sums(floats, offset, length, floats[0]));
          assertThat(kernels.sums(doubles, offset, length, doubles[0]))
              .isEqualTo(SCALAR.sums(doubles, offset, length, doubles[0]));
        }
      }
    }
    float[] odd = {0f, -0f, Float.NaN, 1, -1, Float.POSITIVE_INFINITY, -0f, 0f};
    double[] oddDoubles = {-0.0, 0.0, 0.0, -0.0, Double.NaN, 0.0, -0.0, Double.NaN};
    for (int i = 0; i < floats.length; i++) {
      floats[i] = odd[i % odd.length];
      doubles[i] = oddDoubles[i % oddDoubles.length];
    }
    assertThat(kernels.sums(floats, 3, 4000, 1)).isEqualTo(SCALAR.sums(floats, 3, 4000, 1));
    assertThat(kernels.sums(doubles, 3, 4000, 0)).isEqualTo(SCALAR.sums(doubles, 3, 4000, 0));
  }

  private static void bytes(Kernels kernels, Variates variates, long start, float[] expected) {
    int end = 3 + Float.BYTES * expected.length;
    for (ByteBuffer buffer :
        List.of(ByteBuffer.allocate(end + 2), ByteBuffer.allocateDirect(end + 2))) {
      buffer.position(3).limit(end);
      kernels.fill(variates, start, buffer);
      assertThat(buffer.position()).isEqualTo(end);
      float[] actual = new float[expected.length];
      buffer.position(3).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(actual);
      assertSameBits(variates, Arrays.mismatch(actual, expected));
      buffer.clear();
      assertThat(new byte[] {buffer.get(2), buffer.get(end), buffer.get(end + 1)}).containsOnly(0);
    }
  }

  private static void longFills(Kernels kernels, Variates variates) {
    float[] floats = new float[1 << 18];
    float[] actualFloats = new float[floats.length];
    double[] doubles = new double[floats.length / 2];
    double[] actualDoubles = new double[doubles.length];
    SCALAR.fill(variates, 3, floats, 0, floats.length);
    SCALAR.fill(variates, 3, doubles, 0, doubles.length);
    for (int i = 0; i < 20; i++) {
      kernels.fill(variates, 3, actualFloats, 0, floats.length);
      assertSameBits(variates, Arrays.mismatch(actualFloats, floats));
      kernels.fill(variates, 3, actualDoubles, 0, doubles.length);
      assertSameBits(variates, Arrays.mismatch(actualDoubles, doubles));
    }
  }

  private static void assertSameBits(Variates variates, int mismatch) {
    assertThat(mismatch).as("first difference of %s", variates).isEqualTo(-1);
  }
}
