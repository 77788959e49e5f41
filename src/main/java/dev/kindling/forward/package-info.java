/**
 * The forward pass: an ONNX graph cut into stages, one per calibrated layer, and a stage run by
 * ONNX Runtime on one micro-batch; knows no Spark.
 */
package dev.kindling.forward;
