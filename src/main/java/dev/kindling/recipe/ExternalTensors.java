package dev.kindling.recipe;

import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.NarrowFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Values of kept tensors. The last tensor read is held, since callers ask for it piece by piece.
 */
public final class ExternalTensors {
  private final ExternalFiles files;
  private ExternalValues last;
  private ByteBuffer lastBytes;

  /** Prepares to read; nothing is read yet. */
  public ExternalTensors(ExternalFiles files) {
    this.files = files;
  }

  /** Writes values of a float tensor. */
  void fill(RecipeEntry entry, ExternalValues values, long start, Target target) {
    ByteBuffer bytes = bytes(entry, values, entry.type());
    for (int i = 0; i < target.length(); i++) {
      target.put(i, element(entry.type(), bytes, Math.toIntExact(start + i)));
    }
  }

  /** Writes values of a tensor that was computed beforehand, scaled and shifted. */
  void fill(RecipeEntry entry, Source.Computed computed, long start, Target target) {
    ByteBuffer bytes = bytes(entry, computed.values(), ElementType.F32);
    for (int i = 0; i < target.length(); i++) {
      int channel = entry.channelOf(start + i);
      double value = bytes.getFloat(Math.toIntExact(start + i) * Float.BYTES);
      target.put(i, Math.fma(value, computed.scale().of(channel), computed.shift().of(channel)));
    }
  }

  /**
   * Returns the little-endian bytes of a kept tensor in its own element type, in index order.
   *
   * @throws InputException if they cannot be read or are not those that the recipe was made with
   */
  public ByteBuffer bytes(RecipeEntry entry) {
    if (entry.source() instanceof Source.External external) {
      return bytes(entry, external.values(), entry.type())
          .duplicate()
          .order(ByteOrder.LITTLE_ENDIAN);
    }
    throw new IllegalArgumentException("tensor '%s' is not kept".formatted(entry.tensor()));
  }

  private ByteBuffer bytes(RecipeEntry entry, ExternalValues values, ElementType type) {
    if (!values.equals(last)) {
      ByteBuffer read =
          values instanceof ExternalValues.InFile inFile
              ? files.read(inFile)
              : ByteBuffer.wrap(
                  Base64.getDecoder().decode(((ExternalValues.Inline) values).base64()));
      check(entry, values, type, read);
      lastBytes = read.order(ByteOrder.LITTLE_ENDIAN);
      last = values;
    }
    return lastBytes;
  }

  private static void check(
      RecipeEntry entry, ExternalValues values, ElementType type, ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    if ((int) crc.getValue() != values.crc32c()) {
      throw new InputException(
          "Cannot read the %s tensor '%s'%s: its values have changed (expected CRC-32C %08x, found %08x)"
              .formatted(
                  entry.isKept() ? "kept" : "computed",
                  entry.tensor(),
                  values instanceof ExternalValues.InFile inFile ? " in " + inFile.path() : "",
                  values.crc32c(),
                  (int) crc.getValue()));
    }
    long expected = entry.shape().elementCount() * type.bytes();
    if (bytes.remaining() != expected) {
      throw new InputException(
          "Cannot read the %s tensor '%s': wrong size (expected %d bytes, found %d)"
              .formatted(
                  entry.isKept() ? "kept" : "computed",
                  entry.tensor(),
                  expected,
                  bytes.remaining()));
    }
  }

  private static double element(ElementType type, ByteBuffer bytes, int index) {
    return switch (type) {
      case F32 -> bytes.getFloat(index * Float.BYTES);
      case F64 -> bytes.getDouble(index * Double.BYTES);
      case BF16 -> NarrowFloats.ofBf16(bytes.getShort(index * Short.BYTES));
      case F16 -> NarrowFloats.ofF16(bytes.getShort(index * Short.BYTES));
      case I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(
              "elements of type " + type.label() + " are not floats");
    };
  }
}
