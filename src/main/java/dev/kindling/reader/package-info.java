/**
 * Turns model files (ONNX, layer YAML, shapes JSON) into models: which tensors there are, and what
 * each one is for.
 */
package dev.kindling.reader;
