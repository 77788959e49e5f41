/**
 * The recipe: for each tensor of a model its scheme, parameters, scale and shift, and the seed of
 * all; how it is planned from a model and rules, written as JSON, and turned into values.
 */
package dev.kindling.recipe;
