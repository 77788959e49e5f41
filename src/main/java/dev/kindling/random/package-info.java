/**
 * The counter-based generator and the address of a draw: where every random number of the project
 * comes from.
 */
package dev.kindling.random;
