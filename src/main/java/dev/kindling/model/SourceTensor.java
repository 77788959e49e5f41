package dev.kindling.model;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.Objects;

/**
 * A float tensor of another checkpoint: ours, safetensors or ONNX.
 *
 * @param path where that checkpoint is, absolute
 * @param name what it calls the tensor
 * @param shape extents
 * @param type element type there
 * @param digest CRC-32 and CRC-32C of its little-endian bytes in that type, as eight hexadecimal
 *     digits each with a slash between; empty while nobody has read it
 */
public record SourceTensor(String path, String name, Shape shape, ElementType type, String digest)
    implements Serializable {
  public SourceTensor {
    Require.notBlank(path, "path");
    Require.notBlank(name, "tensor");
    Objects.requireNonNull(shape, "shape is null");
    Objects.requireNonNull(digest, "digest is null");
    if (!type.isFloat()) {
      throw new IllegalArgumentException("elements of type " + type.label() + " are not floats");
    }
    if (!digest.matches("([0-9a-f]{8}/[0-9a-f]{8})?")) {
      throw new IllegalArgumentException(
          "'%s' is no digest (expected such as 0a1b2c3d/4e5f6071)".formatted(digest));
    }
  }

  /** Returns this tensor with a digest. */
  public SourceTensor withDigest(String found) {
    return new SourceTensor(path, name, shape, type, found);
  }

  /** Returns whether this is the other one, whether or not their digests are known. */
  public boolean isSameAs(SourceTensor other) {
    return withDigest("").equals(other.withDigest(""));
  }
}
