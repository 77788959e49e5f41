/** Layers compiled to an ONNX graph: their specification, and a compiler for each kind. */
package dev.kindling.reader.compile;
