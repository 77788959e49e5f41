/**
 * Turns model files (ONNX, layer YAML, shapes JSON, safetensors) into models. Here is only the way
 * in; the packages below read files, graphs, names and layers.
 */
package dev.kindling.reader;
