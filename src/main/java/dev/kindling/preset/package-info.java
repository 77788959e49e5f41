/**
 * Initialisation methods that need to see a model's structure: what each gives to which tensor, and
 * what it cannot do where.
 */
package dev.kindling.preset;
