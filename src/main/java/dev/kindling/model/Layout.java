package dev.kindling.model;

/**
 * Where a weight keeps its outputs. Spatial axes, if any, come last in both; groups divide the
 * second axis.
 */
public enum Layout {
  /** {@code [out, in / groups, kernel...]}: Conv, Gemm with transB, PyTorch's Linear. */
  OUT_IN,
  /** {@code [in, out / groups, kernel...]}: MatMul, Gemm without transB, ConvTranspose. */
  IN_OUT
}
