package dev.kindling.media;

/** Order in which the numbers of an image stand, by the axes of a micro-batch. */
public enum PixelLayout {
  /** One plane per channel: {@code [channels, height, width]}. */
  NCHW,
  /** All channels of a pixel together: {@code [height, width, channels]}. */
  NHWC
}
