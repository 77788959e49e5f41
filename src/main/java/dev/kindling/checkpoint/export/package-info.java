/**
 * Checkpoints in the formats of others: safetensors, ONNX and NumPy files. What a file holds is a
 * record, so that executors write the files and the driver only names them.
 */
package dev.kindling.checkpoint.export;
