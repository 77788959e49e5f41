package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import java.util.List;

/**
 * What the manifest says of a float tensor.
 *
 * @param name its name
 * @param dtype element type in the checkpoint
 * @param shape extents
 * @param rowLength values in a row of the checkpoint, see {@link RowLength}
 * @param role what it is for
 * @param schemes names of the schemes of its blocks in order, without repetition; {@code external}
 *     for a kept tensor
 * @param digest digest of its values
 * @param mean mean of its values, 0 for none
 * @param std population standard deviation, 0 for none
 * @param min the least value, 0 for none
 * @param max the greatest value, 0 for none
 */
public record ManifestTensor(
    String name,
    ElementType dtype,
    Shape shape,
    int rowLength,
    Role role,
    List<String> schemes,
    TensorDigest digest,
    double mean,
    double std,
    double min,
    double max) {
  public ManifestTensor {
    schemes = List.copyOf(schemes);
  }
}
