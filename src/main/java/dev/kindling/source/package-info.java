/**
 * Other checkpoints as sources of values: ours, safetensors and ONNX, on any Hadoop file system.
 * What they hold is known from their headers, and values are read by range, so that a task reads
 * what it needs and nobody reads all. Knows no Spark.
 */
package dev.kindling.source;
