/** Names that PyTorch's exporters lost, found again from the modules that nodes belong to. */
package dev.kindling.reader.repair;
