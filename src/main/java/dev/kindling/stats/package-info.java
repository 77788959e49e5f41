/** Counts, means and squared deviations that merge in a fixed order. */
package dev.kindling.stats;
