/**
 * What a model is to us: named tensors with shape, role and layout, their fans, and the ONNX graph
 * that uses them.
 */
package dev.kindling.model;
