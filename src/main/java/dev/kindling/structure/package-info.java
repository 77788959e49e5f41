/**
 * What a model is built of, found in its graph or in the names of its tensors: residual branches,
 * attention groups, heads, encoder and decoder, chains of layers with nothing but a ReLU between
 * them. Presets and {@code plan --explain} stand on it.
 */
package dev.kindling.structure;
