/**
 * The checkpoint on disk: how tensors are cut into rows, pages and shards, written with the same
 * bytes every time, digested, described by a manifest, resumed, read back and verified. Knows file
 * systems and Parquet, but no engine.
 */
package dev.kindling.checkpoint;
