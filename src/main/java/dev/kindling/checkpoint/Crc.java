package dev.kindling.checkpoint;

import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * A 32-bit cyclic redundancy check whose values combine: that of two texts follows from those of
 * its parts and the length of the second. Source: M. Adler, zlib 1.2.12, crc32.c, x2nmodp and
 * multmodp; the polynomials are bit-reflected.
 */
enum Crc {
  CRC32(0xEDB88320) {
    @Override
    Checksum start() {
      return new CRC32();
    }
  },
  CRC32C(0x82F63B78) {
    @Override
    Checksum start() {
      return new CRC32C();
    }
  };

  /** The polynomial 1, bit-reflected. */
  private static final int ONE = 0x80000000;

  /** Powers that cover every length of up to 2^63 - 1 bytes, which is below 2^66 bits. */
  private static final int POWERS = 66;

  private final int polynomial;

  /** Element k is x^(2^k) modulo the polynomial. */
  private final int[] powers = new int[POWERS];

  Crc(int polynomial) {
    this.polynomial = polynomial;
    powers[0] = ONE >>> 1;
    for (int k = 1; k < POWERS; k++) {
      powers[k] = multiply(powers[k - 1], powers[k - 1]);
    }
  }

  /** Returns a running check of no bytes. */
  abstract Checksum start();

  /** Returns the check of {@code length} bytes of an array. */
  int of(byte[] bytes, int offset, int length) {
    Checksum checksum = start();
    checksum.update(bytes, offset, length);
    return (int) checksum.getValue();
  }

  /** Returns the check of A|B from those of A and B and the length of B in bytes. */
  int combine(int first, int second, long secondLengthBytes) {
    return multiply(shift(secondLengthBytes), first) ^ second;
  }

  /** Returns a check as eight lower-case hexadecimal digits. */
  static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }

  /** Returns x^(8 length) modulo the polynomial. */
  private int shift(long lengthBytes) {
    int product = ONE;
    int k = 3;
    for (long rest = lengthBytes; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        product = multiply(powers[k], product);
      }
      k++;
    }
    return product;
  }

  /** Returns the product of two polynomials modulo this one. */
  private int multiply(int a, int b) {
    int product = 0;
    int factor = b;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((a & bit) != 0) {
        product ^= factor;
      }
      factor = (factor & 1) == 0 ? factor >>> 1 : factor >>> 1 ^ polynomial;
    }
    return product;
  }
}
