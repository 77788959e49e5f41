/** Layer lists in YAML, with variables and repetitions, read to specifications of layers. */
package dev.kindling.reader.yaml;
