/**
 * Where a model's bytes come from, the trees of YAML and JSON text, and messages that name file and
 * place.
 */
package dev.kindling.reader.file;
