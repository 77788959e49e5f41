package dev.kindling.recipe;

import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import dev.kindling.scheme.Unitary;
import java.util.List;
import java.util.Locale;

/**
 * What a tensor's blocks must be: they cover it in order without gap or overlap, and what is drawn
 * in them fits. Checked when a recipe is made or read, since a value's address would go wrong much
 * later and elsewhere.
 */
record BlockCover(String tensor, Shape shape, Layout layout) {
  /**
   * Accepts blocks that fit the tensor, in order.
   *
   * @throws IllegalArgumentException if they do not
   */
  void check(List<Block> blocks) {
    Block.Axis axis = blocks.get(0).axis();
    long end = 0;
    for (Block block : blocks) {
      if (block.axis() != axis || block.from() != end) {
        throw new IllegalArgumentException(
            "the blocks of tensor '%s' leave a gap or overlap at %d"
                .formatted(tensor, Math.min(end, block.from())));
      }
      end = block.to();
      checkRank(block.scheme());
      if (shape.elementCount() > 0) {
        checkDraw(block);
        checkChannels(block, block.scale());
        checkChannels(block, block.shift());
      }
    }
    long extent = axis == Block.Axis.ROWS ? rows() : columns();
    if (end != extent) {
      throw new IllegalArgumentException(
          "the blocks of tensor '%s' end elsewhere than its shape %s does (expected %d, found %d)"
              .formatted(tensor, shape, extent, end));
    }
  }

  private void checkRank(Scheme scheme) {
    if (shape.rank() < scheme.minRank()) {
      throw new IllegalArgumentException(
          "%s needs rank %d or more, the shape is %s; use a scheme such as zeros or normal"
              .formatted(Schemes.name(scheme), scheme.minRank(), shape));
    }
    if (shape.rank() > scheme.maxRank()) {
      throw new IllegalArgumentException(
          "%s takes rank %d at most, the shape is %s"
              .formatted(Schemes.name(scheme), scheme.maxRank(), shape));
    }
  }

  private void checkDraw(Block block) {
    Draw draw = block.scheme().draw(block.fans());
    if (draw instanceof Draw.Haar) {
      checkMatrices(block);
    } else if (draw instanceof Draw.PolarFactor) {
      checkMatrices(block);
      checkPolar(block);
    } else if (draw instanceof Draw.ProductFactor product) {
      ProductPart.of(tensor, shape, layout, block, product.scheme());
    } else if (draw instanceof Draw.HaarUnitary unitary) {
      checkMatrices(block);
      checkComplex(block, unitary.encoding());
    } else if (draw instanceof Draw.UnitaryFactors && rows() != Draw.UnitaryFactors.ROWS) {
      throw new IllegalArgumentException(
          "urnn keeps all its vectors in 7 rows (expected shape [7, n], found %s)"
              .formatted(shape));
    } else if (draw instanceof Draw.Order) {
      checkOrder(block);
    } else if (draw instanceof Draw.Mirrored mirrored) {
      Mirror.of(tensor, shape, layout, block, mirrored);
    } else if (draw instanceof Draw.Centred centred) {
      checkMatrices(block);
      CentreTap.of(tensor, shape, layout, block, centred);
    } else if (draw instanceof Draw.GateFill gates) {
      checkGates(gates.order().count() * gates.vectors());
    } else if (draw instanceof Draw.GateLags gates) {
      checkGates(gates.order().count() * gates.vectors());
    } else if (draw instanceof Draw.Padded padded && padded.zeroRow() >= rows()) {
      throw new IllegalArgumentException(
          "padding is row %d of a tensor of shape %s".formatted(padded.zeroRow(), shape));
    }
  }

  private void checkPolar(Block block) {
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    long length = block.to() - block.from();
    long height = wholeRows ? length / block.parts() : rows();
    long width = wholeRows ? columns() : length;
    if (Math.min(height, width) > Draw.PolarFactor.LONGEST_SIDE
        || height * width > Draw.PolarFactor.MOST_ELEMENTS) {
      throw new IllegalArgumentException(
          "polar computes a matrix as a whole: it takes at most %d on the smaller side and 2^24 elements (found %d x %d); use orthogonal"
              .formatted(Draw.PolarFactor.LONGEST_SIDE, height, width));
    }
  }

  private void checkOrder(Block block) {
    boolean square = shape.rank() == 1 || rows() == columns();
    if (!square || rows() > Draw.Order.LONGEST || block.to() != rows() || block.parts() > 1) {
      throw new IllegalArgumentException(
          "permutation takes a whole tensor of up to 2^24 numbers (expected shape [n] or [n, n], found %s)"
              .formatted(shape));
    }
  }

  private void checkComplex(Block block, Unitary.Encoding encoding) {
    if (block.parts() > 1 || block.axis() != Block.Axis.ROWS || block.to() != rows()) {
      throw new IllegalArgumentException(
          "unitary takes a whole tensor, without groups and fused parts");
    }
    String problem =
        switch (encoding) {
          case PAIRS -> shape.dim(2) == 2 ? "" : "a last axis of 2";
          case PARTS ->
              ComplexName.isPart(tensor) ? "" : "a name that ends in _re, _im, _real or _imag";
          case BLOCK -> rows() % 2 + columns() % 2 == 0 ? "" : "even numbers of rows and columns";
        };
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException(
          "unitary with encoding %s needs %s (found tensor '%s' of shape %s)"
              .formatted(encoding.name().toLowerCase(Locale.ROOT), problem, tensor, shape));
    }
  }

  private void checkGates(int slices) {
    long length = shape.dim(shape.rank() - 1);
    if (length % slices != 0) {
      throw new IllegalArgumentException(
          "the last axis of shape %s does not divide into the %d gates of all bias vectors"
              .formatted(shape, slices));
    }
  }

  private void checkMatrices(Block block) {
    long height = (block.axis() == Block.Axis.ROWS ? block.to() - block.from() : rows());
    if (shape.rank() < 2 || height % block.parts() != 0) {
      throw new IllegalArgumentException(
          "%s cannot cut tensor '%s' of shape %s into %d matrices"
              .formatted(Schemes.name(block.scheme()), tensor, shape, block.parts()));
    }
    if (Math.max(height / block.parts(), columns()) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s takes fewer than 2^31 rows and columns, tensor '%s' has shape %s"
              .formatted(Schemes.name(block.scheme()), tensor, shape));
    }
  }

  private void checkChannels(Block block, PerChannel numbers) {
    if (!numbers.isUniform() && numbers.values().size() != channels(block)) {
      throw new IllegalArgumentException(
          "scale or shift of tensor '%s' has a wrong length (expected 1 or %d, found %d)"
              .formatted(tensor, channels(block), numbers.values().size()));
    }
  }

  /** Returns the number of output channels within a block. */
  private long channels(Block block) {
    long length = block.to() - block.from();
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    if (layout == Layout.OUT_IN) {
      return wholeRows ? length : rows();
    }
    long taps = shape.elementsFrom(2);
    return wholeRows ? block.parts() * (columns() / taps) : length / taps;
  }

  private long rows() {
    return shape.rank() == 0 ? 1 : shape.dim(0);
  }

  private long columns() {
    return shape.elementsFrom(1);
  }
}
