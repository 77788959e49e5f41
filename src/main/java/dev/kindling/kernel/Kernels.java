package dev.kindling.kernel;

import dev.kindling.random.Stream;

/**
 * The hot operations. Every implementation gives the same bits as {@link ScalarKernels}, for any
 * start and length: only IEEE-exact operations in a written order are used.
 */
public interface Kernels {
  /**
   * Writes normal draws {@code fma(z, std, mean)}, with z the inverse normal CDF at the word of
   * each index.
   *
   * @param stream where the words come from
   * @param start index of the first word
   * @param affine standard deviation and mean
   * @param target receives the values
   * @param offset where the first goes
   * @param length number of values
   */
  void normal(Stream stream, long start, Affine affine, float[] target, int offset, int length);

  /**
   * Writes uniform draws {@code fma(u, bound, centre)}, with u on the open interval (-1, 1), an odd
   * multiple of 2^-24.
   *
   * @param stream where the words come from
   * @param start index of the first word
   * @param affine bound and centre
   * @param target receives the values
   * @param offset where the first goes
   * @param length number of values
   */
  void uniform(Stream stream, long start, Affine affine, float[] target, int offset, int length);

  /**
   * What is done to a standard draw.
   *
   * @param factor standard deviation of a normal, half the width of a uniform
   * @param summand mean of a normal, centre of a uniform
   */
  record Affine(float factor, float summand) {
    /** Returns the draw after scaling and shifting, with one rounding. */
    public float apply(float draw) {
      return Math.fma(draw, factor, summand);
    }
  }
}
