/**
 * Orthogonal matrices as products of Householder reflections whose vectors are addressed draws, and
 * the products of matrices that they are made with.
 *
 * <p>{@code new HaarMatrix(kernels, stream, start, rows, columns).rows(Precision.FLOAT32, from,
 * to)} is all that a caller needs. For a new kind of matrix: keep the operand that vectors run over
 * in {@code Stripes}, any other in a plain array, and call {@code Precision.multiplyAdd} for ranges
 * of rows and depth that fit the caches (some 120 by 128); an element of the result is one chain of
 * fused multiply-adds, so such ranges decide no bit. {@code Precision} is what differs between
 * float32 and float64; an algorithm is written once for both.
 */
package dev.kindling.matrix;
