/** Initial weights from data: patches, principal directions, centroids; knows no Spark. */
package dev.kindling.datastart;
