package dev.kindling.recipe;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.model.NarrowFloats;
import dev.kindling.scheme.Convention;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * CRC-32 of the little-endian bytes of what every scheme draws, {@code golden/schemes/digests.txt}.
 * It needs no Spark and no JUnit: {@code java ... GoldenDigests MODE} ends with 0 if the kernels of
 * that mode give the bits of the file and prints their name, otherwise it prints what differs too
 * and fails.
 */
public final class GoldenDigests {
  static final Path FILE = Path.of("src/test/resources/golden/schemes/digests.txt");

  static final List<ElementType> TYPES =
      List.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.F64);

  private static final int CASE_COLUMNS = 5;

  /** Odd, so that ranges begin anywhere within a tile. */
  private static final int PIECE = 1009;

  private GoldenDigests() {}

  public static void main(String[] arguments) throws IOException {
    KernelsMode mode = KernelsMode.valueOf(arguments[0].toUpperCase(Locale.ROOT));
    List<String> differences = differences(KernelsLoader.load(mode).kernels());
    differences.forEach(System.out::println);
    System.out.println(KernelsLoader.load(mode).name());
    if (!differences.isEmpty()) {
      throw new IllegalStateException(differences.size() + " digests differ");
    }
  }

  /** Returns the lines of the file as these kernels would have them, where they differ. */
  static List<String> differences(Kernels kernels) throws IOException {
    return lines().stream()
        .filter(GoldenDigests::isCase)
        .filter(line -> !line.equals(withDigests(line, kernels)))
        .map(line -> "expected " + line + "\nfound    " + withDigests(line, kernels))
        .toList();
  }

  static List<String> lines() throws IOException {
    return Files.readAllLines(FILE);
  }

  static SchemeCase parse(String line) {
    String[] columns = line.split("\\|", -1);
    return new SchemeCase(columns[0], columns[1], columns[2], columns[3], columns[4]);
  }

  static boolean isCase(String line) {
    return !line.isBlank() && !line.startsWith("#");
  }

  /** Adds the digests of lines that have none: those that are there never change. */
  static void write(Kernels kernels) throws IOException {
    List<String> written =
        lines().stream().map(line -> isNew(line) ? withDigests(line, kernels) : line).toList();
    Files.write(FILE, written);
  }

  private static boolean isNew(String line) {
    return isCase(line) && line.split("\\|", -1).length == CASE_COLUMNS;
  }

  private static String withDigests(String line, Kernels kernels) {
    List<String> columns =
        new ArrayList<>(Arrays.asList(line.split("\\|", -1)).subList(0, CASE_COLUMNS));
    RecipeEntry entry = parse(line).plan(Convention.PAPER);
    for (ElementType type : TYPES) {
      columns.add(type.label() + " " + digest(entry, kernels, type));
    }
    return String.join("|", columns);
  }

  private static String digest(RecipeEntry entry, Kernels kernels, ElementType type) {
    TensorValues values =
        new RecipeValues(SchemeCase.SEED, kernels, file -> ByteBuffer.allocate(0));
    CRC32 crc = new CRC32();
    int count = (int) entry.shape().elementCount();
    for (int start = 0; start < count; start += PIECE) {
      crc.update(bytes(values, entry, start, Math.min(PIECE, count - start), type));
    }
    return "%08x".formatted(crc.getValue());
  }

  private static byte[] bytes(
      TensorValues values, RecipeEntry entry, int start, int length, ElementType type) {
    ByteBuffer bytes = ByteBuffer.allocate(length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    if (type == ElementType.F64) {
      double[] doubles = new double[length];
      values.fill(entry, start, doubles, 0, length);
      bytes.asDoubleBuffer().put(doubles);
      return bytes.array();
    }
    float[] floats = new float[length];
    values.fill(entry, start, floats, 0, length);
    for (float value : floats) {
      switch (type) {
        case F16 -> bytes.putShort(NarrowFloats.toF16(value));
        case BF16 -> bytes.putShort(NarrowFloats.toBf16(value));
        default -> bytes.putFloat(value);
      }
    }
    return bytes.array();
  }
}
