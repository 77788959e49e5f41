package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that a recipe keeps from the model. */
class KeptTensorsTest {
  @Test
  void keepsFloatsOfEveryType() {
    assertThat(whole(kept(ElementType.F32, ByteBuffer.allocate(8), 0x3f800000, 0x80000001)))
        .containsExactly(1f, -Float.MIN_VALUE);
    ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    doubles.putDouble(1.0 / 3).putDouble(-1e300).flip();
    RecipeEntry float64 = kept(ElementType.F64, doubles, 2);
    assertThat(whole(float64)).containsExactly((float) (1.0 / 3), Float.NEGATIVE_INFINITY);
    assertThat(wholeFloat64(float64)).containsExactly(1.0 / 3, -1e300);
    assertThat(whole(kept(ElementType.BF16, shorts(0x3f80, 0xc049, 0x7f80), 3)))
        .containsExactly(1f, Float.intBitsToFloat(0xc0490000), Float.POSITIVE_INFINITY);
  }

  /** IEEE 754-2019 binary16: bits and values from the standard's format parameters. */
  @ParameterizedTest
  @CsvSource({
    "0000, 0",
    "8000, -0.0",
    "3c00, 1",
    "c000, -2",
    "3555, 0.333251953125",
    "7bff, 65504",
    "fbff, -65504",
    "0001, 5.960464477539063e-8",
    "03ff, 6.097555160522461e-5",
    "0400, 6.103515625e-5",
    "8001, -5.960464477539063e-8",
    "7c00, Infinity",
    "fc00, -Infinity",
    "7e00, NaN"
  })
  void keepsHalfPrecision(String bits, float expected) {
    RecipeEntry entry = kept(ElementType.F16, shorts(Integer.parseInt(bits, 16)), 1);
    assertThat(Float.floatToIntBits(whole(entry)[0])).isEqualTo(Float.floatToIntBits(expected));
  }

  @Test
  void namesAKeptTensorWhoseBytesChanged() {
    RecipeEntry entry =
        external(ElementType.F32, 1, new ExternalValues.InFile("/m.onnx", "initial", 0x01020304));
    RecipeValues values =
        new RecipeValues(0, new ScalarKernels(), file -> ByteBuffer.wrap(new byte[] {0, 0, 0, 0}));

    assertThatThrownBy(() -> values.fill(entry, 0, new float[1], 0, 1))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read the kept tensor 't' in /m.onnx: its values have changed (expected CRC-32C"
                + " 01020304, found 48674bc7)");
  }

  @Test
  void namesAKeptTensorOfTheWrongSize() {
    assertThatThrownBy(() -> whole(kept(ElementType.F32, shorts(1, 2), 2)))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read the kept tensor 't': wrong size (expected 8 bytes, found 4)");
  }

  private static RecipeValues values() {
    return new RecipeValues(0, new ScalarKernels(), file -> ByteBuffer.allocate(0));
  }

  private static float[] whole(RecipeEntry entry) {
    float[] whole = new float[(int) entry.shape().elementCount()];
    values().fill(entry, 0, whole, 0, whole.length);
    return whole;
  }

  private static double[] wholeFloat64(RecipeEntry entry) {
    double[] whole = new double[(int) entry.shape().elementCount()];
    values().fill(entry, 0, whole, 0, whole.length);
    return whole;
  }

  private static RecipeEntry kept(ElementType type, ByteBuffer bytes, int... words) {
    ByteBuffer content = bytes.order(ByteOrder.LITTLE_ENDIAN);
    int count = words[0];
    if (type == ElementType.F32 && words.length > 1) {
      for (int word : words) {
        content.putInt(word);
      }
      content.flip();
      count = words.length;
    }
    byte[] array = new byte[content.remaining()];
    content.get(array);
    CRC32C crc = new CRC32C();
    crc.update(array);
    return external(
        type,
        count,
        new ExternalValues.Inline(Base64.getEncoder().encodeToString(array), (int) crc.getValue()));
  }

  private static RecipeEntry external(ElementType type, int count, ExternalValues values) {
    return new RecipeEntry(
        "t",
        Shape.of(count),
        type,
        Role.CONSTANT,
        Layout.OUT_IN,
        List.of(),
        "kept",
        new Source.External(values));
  }

  private static ByteBuffer shorts(int... bits) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : bits) {
      bytes.putShort((short) value);
    }
    return bytes.flip();
  }
}
