/** Images and IDX files as numbers, safe against what their headers claim; knows no Spark. */
package dev.kindling.media;
