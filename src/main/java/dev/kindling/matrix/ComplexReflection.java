package dev.kindling.matrix;

/**
 * A Householder reflection {@code I - tau u u^H} that takes a vector x to {@code -phase norm(x)
 * e_first}, with {@code u = x}, only {@code u_first += phase norm(x)}.
 *
 * @param vector u, without meaning before {@code first}
 * @param first index of the first element
 * @param tau {@code 2 / (u^H u)}, 0 for the zero vector
 * @param re real part of {@code phase = x_first / |x_first|}, which is 1 for 0
 * @param im imaginary part of it
 */
record ComplexReflection(double[] vector, int first, double tau, double re, double im) {
  /** Returns the reflection of x and turns x into u in place. */
  static ComplexReflection of(double[] x, int first) {
    double[] sum = new double[2];
    int length = x.length / 2;
    double a = x[2 * first];
    double b = x[2 * first + 1];
    double modulus = Math.sqrt(Math.fma(a, a, b * b));
    double re = modulus == 0 ? 1 : a / modulus;
    double im = modulus == 0 ? 0 : b / modulus;
    ComplexVectors.dot(x, x, first, length, sum);
    double norm = Math.sqrt(sum[0]);
    x[2 * first] = Math.fma(re, norm, a);
    x[2 * first + 1] = Math.fma(im, norm, b);
    ComplexVectors.dot(x, x, first, length, sum);
    return new ComplexReflection(x, first, sum[0] > 0 ? 2 / sum[0] : 0, re, im);
  }

  /** Applies it to a vector in place; {@code scratch} has two elements. */
  void applyTo(double[] target, double[] scratch) {
    int length = target.length / 2;
    ComplexVectors.dot(vector, target, first, length, scratch);
    ComplexVectors.addScaled(-tau * scratch[0], -tau * scratch[1], vector, target, first, length);
  }
}
