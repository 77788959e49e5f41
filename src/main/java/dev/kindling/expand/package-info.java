/**
 * A large model from a trained small one: which values of which small tensor each large one takes,
 * and what is divided so that the function stays. A large tensor is a function of a small one, of a
 * map for each axis and of the seed, so that any of its rows can be had alone.
 */
package dev.kindling.expand;
