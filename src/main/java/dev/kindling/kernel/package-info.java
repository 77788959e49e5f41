/** Bulk operations that fill buffers with draws. {@code ScalarKernels} is their definition. */
package dev.kindling.kernel;
