/**
 * Models of which only names and shapes are known: roles from names; shapes JSON and safetensors
 * headers.
 */
package dev.kindling.reader.shapes;
