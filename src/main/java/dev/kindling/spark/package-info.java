/**
 * Everything that imports Spark: sampling a dataset, running stages and writing or checking shards
 * on executors. It distributes what the packages below do in one JVM, and its results equal theirs
 * byte for byte.
 */
package dev.kindling.spark;
