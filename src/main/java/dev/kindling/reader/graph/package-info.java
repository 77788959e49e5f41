/**
 * An ONNX graph as the file has it: parsed, checked and searchable, its constants and external
 * data, functions inlined.
 */
package dev.kindling.reader.graph;
