package dev.kindling.media;

import dev.kindling.model.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Turns encoded images (PNG, JPEG, GIF, BMP, TIFF) into numbers from 0 to 255: the whole image,
 * resized, in red, green and blue or in grey. Transparency, the orientation that a camera notes and
 * all but the first picture of a file are not looked at.
 *
 * @param layout order of the numbers
 * @param shape shape of one image in that order, of 1 or 3 channels
 */
public record ImageDecoder(PixelLayout layout, Shape shape) implements Serializable {
  /** More pixels than this are not decoded, whatever the file's length. */
  public static final long MAX_PIXELS = 1L << 26;

  private static final int MAX_SIDE = 65_535;

  public ImageDecoder {
    long channels = shape.rank() == 3 ? shape.dim(layout == PixelLayout.NCHW ? 0 : 2) : 0;
    if ((channels != 1 && channels != 3) || shape.elementCount() == 0) {
      throw new IllegalArgumentException(
          "images have a wrong shape (expected %s with 1 or 3 channels, found %s)"
              .formatted(
                  layout == PixelLayout.NCHW
                      ? "[channels, height, width]"
                      : "[height, width, channels]",
                  shape));
    }
  }

  /** Returns the number of channels. */
  public int channels() {
    return dim(0, 2);
  }

  /**
   * Returns the pixels of an image.
   *
   * @param encoded a file's bytes
   * @throws IllegalArgumentException if they are no image, a damaged one or one that claims to be
   *     too large
   */
  public double[] decode(byte[] encoded) {
    BufferedImage image = read(encoded);
    PixelRows rows = new PixelRows(image, channels());
    Resampling across = Resampling.of(image.getWidth(), dim(2, 1));
    Resampling down = Resampling.of(image.getHeight(), dim(1, 0));
    double[] pixels = new double[Math.toIntExact(shape.elementCount())];
    int first = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      double[][] row = across.apply(rows.read(y));
      while (down.end(first) <= y) {
        first++;
      }
      for (int target = first; target < down.size() && down.first(target) <= y; target++) {
        add(row, down.weight(target, y), target, pixels);
      }
    }
    return pixels;
  }

  private void add(double[][] row, double weight, int y, double[] pixels) {
    int width = row[0].length;
    for (int channel = 0; channel < row.length; channel++) {
      int start =
          layout == PixelLayout.NCHW
              ? (channel * dim(1, 0) + y) * width
              : y * width * row.length + channel;
      int step = layout == PixelLayout.NCHW ? 1 : row.length;
      for (int x = 0; x < width; x++) {
        pixels[start + x * step] += weight * row[channel][x];
      }
    }
  }

  private int dim(int nchw, int nhwc) {
    return (int) shape.dim(layout == PixelLayout.NCHW ? nchw : nhwc);
  }

  private static BufferedImage read(byte[] encoded) {
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new IllegalArgumentException(
            "%d bytes are no image of a known format (expected PNG, JPEG, GIF, BMP or TIFF)"
                .formatted(encoded.length));
      }
      return read(readers.next(), stream);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** Decoders answer damage with exceptions of all kinds. */
  private static BufferedImage read(ImageReader reader, ImageInputStream stream)
      throws IOException {
    Warnings warnings = new Warnings();
    try {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener(warnings);
      requireSmall(reader.getWidth(0), reader.getHeight(0));
      BufferedImage image = reader.read(0);
      warnings.requireWhole();
      return image;
    } catch (TooLargeException e) {
      throw e;
    } catch (RuntimeException e) {
      throw damaged(e);
    } finally {
      reader.dispose();
    }
  }

  private static void requireSmall(int width, int height) {
    boolean possible = IntStream.of(width, height).allMatch(side -> side > 0 && side <= MAX_SIDE);
    if (!possible || (long) width * height > MAX_PIXELS) {
      throw new TooLargeException(
          "the image says to be of %d x %d pixels (expected at most %d in all, and %d a side)"
              .formatted(width, height, MAX_PIXELS, MAX_SIDE));
    }
  }

  private static IllegalArgumentException damaged(Exception e) {
    String reason =
        Optional.ofNullable(e.getMessage())
            .flatMap(message -> message.lines().findFirst())
            .orElse(e.getClass().getSimpleName());
    return new IllegalArgumentException("the image cannot be decoded: " + reason, e);
  }

  /** Its size is told apart from damage. */
  private static final class TooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message);
    }
  }
}
