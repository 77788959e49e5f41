package dev.kindling.matrix;

/**
 * Operations on complex vectors, real and imaginary parts side by side, whose order of additions is
 * part of their definition. Ranges count complex elements.
 */
final class ComplexVectors {
  private ComplexVectors() {}

  /**
   * Writes the sum of {@code conj(a[i]) b[i]} to {@code sum[0]} and {@code sum[1]}: a chain of
   * fused multiply-adds for each of the four products of parts, then one addition for each part.
   */
  static void dot(double[] a, double[] b, int from, int to, double[] sum) {
    double reRe = 0;
    double imIm = 0;
    double reIm = 0;
    double imRe = 0;
    for (int i = 2 * from; i < 2 * to; i += 2) {
      reRe = Math.fma(a[i], b[i], reRe);
      imIm = Math.fma(a[i + 1], b[i + 1], imIm);
      reIm = Math.fma(a[i], b[i + 1], reIm);
      imRe = Math.fma(a[i + 1], b[i], imRe);
    }
    sum[0] = reRe + imIm;
    sum[1] = reIm - imRe;
  }

  /** Adds {@code (re + i im) a[i]} to {@code b[i]}. */
  static void addScaled(double re, double im, double[] a, double[] b, int from, int to) {
    for (int i = 2 * from; i < 2 * to; i += 2) {
      double real = Math.fma(re, a[i], b[i]);
      double imaginary = Math.fma(re, a[i + 1], b[i + 1]);
      b[i] = Math.fma(-im, a[i + 1], real);
      b[i + 1] = Math.fma(im, a[i], imaginary);
    }
  }

  /** Multiplies all elements by {@code re + i im}. */
  static void scale(double re, double im, double[] a) {
    for (int i = 0; i < a.length; i += 2) {
      double real = a[i];
      a[i] = Math.fma(re, real, -(im * a[i + 1]));
      a[i + 1] = Math.fma(re, a[i + 1], im * real);
    }
  }
}
