/**
 * How long commands take on a cluster: a model on paper, whose constants were measured on one
 * machine. {@code docs/scale.md} has the formulas and holds them against measured runs.
 */
package dev.kindling.checkpoint.estimate;
