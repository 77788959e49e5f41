package dev.kindling.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A change of a file.
 *
 * @param kind what is done
 * @param at where, as a share of the length
 * @param value what with
 */
record Mutation(Kind kind, double at, long value) {
  /** Numbers and marks that parsers stumble over. */
  private static final List<String> WORDS =
      List.of(
          "-1",
          "0",
          "1e999",
          "9223372036854775807",
          "9223372036854775808",
          "4294967296",
          "NaN",
          "null",
          "true",
          "\"\"",
          "[]",
          "{}",
          "[[",
          "]]",
          "}",
          "{\"",
          "\\u0000",
          "\\ud800",
          "&a",
          "*a",
          "<<",
          "!!x ",
          "---\n",
          "\n",
          "\t",
          ": ",
          "- ",
          "..",
          "../",
          "%s",
          "1".repeat(400),
          "[".repeat(300));

  private static final long[] SIZES = {
    0, 1, -1, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000L, 1L << 40
  };

  /** What can be done. */
  enum Kind {
    BYTE,
    BIT,
    NUMBER,
    WORD,
    CUT,
    REMOVE,
    REPEAT
  }

  static Arbitrary<List<Mutation>> several() {
    return Combinators.combine(
            Arbitraries.of(Kind.class), Arbitraries.doubles().between(0, 1), Arbitraries.longs())
        .as(Mutation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  static List<Mutation> several(Random random) {
    List<Mutation> mutations = new ArrayList<>();
    Kind[] kinds = Kind.values();
    for (int left = 1 + random.nextInt(6); left > 0; left--) {
      Kind kind = kinds[random.nextInt(kinds.length)];
      mutations.add(new Mutation(kind, random.nextDouble(), random.nextLong()));
    }
    return mutations;
  }

  static byte[] apply(List<Mutation> mutations, byte[] file) {
    byte[] changed = file.clone();
    for (Mutation mutation : mutations) {
      changed = mutation.apply(changed);
    }
    return changed;
  }

  private byte[] apply(byte[] file) {
    int position = (int) Math.min(file.length - 1L, (long) (at * file.length));
    if (position < 0) {
      return file;
    }
    int length = (int) Math.min(file.length - position, 1 + Math.floorMod(value, 40));
    return switch (kind) {
      case BYTE -> replaced(file, position, 1, new byte[] {(byte) value});
      case BIT ->
          replaced(file, position, 1, new byte[] {(byte) (file[position] ^ (1 << (value & 7)))});
      case NUMBER -> replaced(file, position, 4, number());
      case WORD -> replaced(file, position, (int) (value >>> 60), word());
      case CUT -> replaced(file, position, file.length, new byte[0]);
      case REMOVE -> replaced(file, position, length, new byte[0]);
      case REPEAT -> {
        byte[] piece = new byte[2 * length];
        System.arraycopy(file, position, piece, 0, length);
        System.arraycopy(file, position, piece, length, length);
        yield replaced(file, position, length, piece);
      }
    };
  }

  private byte[] word() {
    return WORDS.get(Math.floorMod(value, WORDS.size())).getBytes(StandardCharsets.UTF_8);
  }

  /** A length, in either order of its bytes. */
  private byte[] number() {
    int size = (int) SIZES[Math.floorMod(value >> 1, SIZES.length)];
    int ordered = (value & 1) == 0 ? size : Integer.reverseBytes(size);
    return new byte[] {
      (byte) ordered, (byte) (ordered >> 8), (byte) (ordered >> 16), (byte) (ordered >> 24)
    };
  }

  private static byte[] replaced(byte[] file, int position, int length, byte[] piece) {
    ByteArrayOutputStream changed = new ByteArrayOutputStream(file.length + piece.length);
    changed.write(file, 0, position);
    changed.writeBytes(piece);
    int rest = Math.min(file.length, position + length);
    changed.write(file, rest, file.length - rest);
    return changed.toByteArray();
  }
}
