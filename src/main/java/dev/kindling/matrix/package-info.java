/** Orthogonal matrices as products of Householder reflections whose vectors are addressed draws. */
package dev.kindling.matrix;
