package dev.kindling.media;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;

/** The rows of a decoded image, from 0 to 255, as grey or as red, green and blue. */
final class PixelRows {
  private final BufferedImage image;
  private final double[][] row;
  private final int[] packed;

  PixelRows(BufferedImage image, int channels) {
    this.image = image;
    this.row = new double[channels][image.getWidth()];
    this.packed = new int[image.getWidth()];
  }

  /** Returns a row by channel and column; the array is used again for the next. */
  double[][] read(int y) {
    if (isGrey()) {
      readGrey(y);
    } else {
      readColours(y);
    }
    return row;
  }

  /** Grey is taken as it is stored: {@code getRGB} would treat it as linear light. */
  private boolean isGrey() {
    return !(image.getColorModel() instanceof IndexColorModel)
        && image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  private void readGrey(int y) {
    image.getRaster().getSamples(0, y, packed.length, 1, 0, packed);
    double factor = 255.0 / ((1L << image.getSampleModel().getSampleSize(0)) - 1);
    for (double[] channel : row) {
      for (int x = 0; x < packed.length; x++) {
        channel[x] = packed[x] * factor;
      }
    }
  }

  private void readColours(int y) {
    image.getRGB(0, y, packed.length, 1, packed, 0, packed.length);
    for (int x = 0; x < packed.length; x++) {
      int red = packed[x] >> 16 & 0xff;
      int green = packed[x] >> 8 & 0xff;
      int blue = packed[x] & 0xff;
      if (row.length == 1) {
        row[0][x] = luma(red, green, blue);
      } else {
        row[0][x] = red;
        row[1][x] = green;
        row[2][x] = blue;
      }
    }
  }

  /** ITU-R BT.601, rounded as Pillow's convert("L") does. */
  private static int luma(int red, int green, int blue) {
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
}
