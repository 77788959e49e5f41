package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;

/**
 * The standard normal draws that a matrix is made of, and what computes with them. Equal draws are
 * draws of the same numbers.
 */
sealed interface Draws<A> permits RealDraws, ComplexDraws {
  /** Returns their type. */
  Precision<A> precision();

  /** Returns what draws and multiplies. */
  Kernels kernels();

  /** Returns the rows of the matrix of draws. */
  int rows();

  /** Returns the columns of the matrix of draws. */
  int columns();

  /** Returns the distance between two rows that somebody asks for: between them, none is. */
  int period();

  /** Returns a name that no other draws have, in letters, digits and hyphens. */
  String name();

  /** Writes the draws of a row from column {@code from} to {@code to}. */
  void row(int row, int from, int to, A target, int offset);

  /** Writes the draws of whole rows. */
  default void rows(int from, int to, A target, int offset) {
    for (int row = from; row < to; row++) {
      row(row, 0, columns(), target, offset + (row - from) * columns());
    }
  }
}
