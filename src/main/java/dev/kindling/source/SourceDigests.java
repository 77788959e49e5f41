package dev.kindling.source;

import dev.kindling.base.InputException;
import dev.kindling.checkpoint.TensorDigest;
import dev.kindling.model.SourceTensor;
import dev.kindling.recipe.SourceReader;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Digests of tensors of other checkpoints, by ranges that combine: any number of machines may read
 * a range each.
 */
public final class SourceDigests {
  private static final long RANGE_BYTES = 256L << 20;
  private static final int PIECE_BYTES = 4 << 20;

  private SourceDigests() {}

  /**
   * A range of a tensor that is read at once.
   *
   * @param tensor the tensor
   * @param from flat index of the first value
   * @param to flat index behind the last
   */
  public record Range(SourceTensor tensor, long from, long to) implements Serializable {
    /** Returns the digest of the range. */
    public TensorDigest read(SourceReader reader) {
      int width = tensor.type().bytes();
      TensorDigest digest = TensorDigest.EMPTY;
      byte[] bytes = new byte[(int) Math.min(PIECE_BYTES, (to - from) * width)];
      for (long at = from; at < to; at += bytes.length / width) {
        int length = (int) Math.min(bytes.length, (to - at) * width);
        reader.read(tensor, at, ByteBuffer.wrap(bytes, 0, length));
        digest = digest.combine(TensorDigest.of(bytes, 0, length), length);
      }
      return digest;
    }

    private long lengthBytes() {
      return (to - from) * tensor.type().bytes();
    }
  }

  /** Returns the ranges of some tensors, in order. */
  public static List<Range> ranges(List<SourceTensor> tensors) {
    List<Range> ranges = new ArrayList<>();
    for (SourceTensor tensor : tensors) {
      long step = RANGE_BYTES / tensor.type().bytes();
      long count = tensor.shape().elementCount();
      for (long from = 0; from < count; from += step) {
        ranges.add(new Range(tensor, from, Math.min(count, from + step)));
      }
    }
    return ranges;
  }

  /**
   * Returns the digest of each tensor.
   *
   * @param ranges its ranges, in order
   * @param digests one per range
   */
  public static Map<SourceTensor, String> combine(
      List<SourceTensor> tensors, List<Range> ranges, List<TensorDigest> digests) {
    Map<SourceTensor, TensorDigest> found = new HashMap<>();
    tensors.forEach(tensor -> found.put(tensor, TensorDigest.EMPTY));
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      TensorDigest next = digests.get(i);
      found.computeIfPresent(
          range.tensor(), (tensor, before) -> before.combine(next, range.lengthBytes()));
    }
    Map<SourceTensor, String> texts = new HashMap<>();
    found.forEach((tensor, digest) -> texts.put(tensor, digest.toString()));
    return texts;
  }

  /** Returns the digest of each tensor, read in this JVM. */
  public static Map<SourceTensor, String> read(
      List<SourceTensor> tensors, SourceCheckpoints sources) {
    List<Range> ranges = ranges(tensors);
    List<TensorDigest> digests =
        ranges.stream().map(range -> range.read(sources.open(range.tensor().path()))).toList();
    return combine(tensors, ranges, digests);
  }

  /**
   * Refuses tensors that have changed, all at once.
   *
   * @param found the digest of each as it is now
   * @throws InputException if there are any
   */
  public static void requireSame(Map<SourceTensor, String> found) {
    List<String> problems = new ArrayList<>();
    found.forEach(
        (tensor, digest) -> {
          if (!tensor.digest().equals(digest)) {
            problems.add(
                "Cannot read tensor '%s' in %s: its values have changed (expected digest %s, found %s)"
                    .formatted(tensor.name(), tensor.path(), tensor.digest(), digest));
          }
        });
    if (!problems.isEmpty()) {
      problems.sort(String::compareTo);
      throw new InputException(problems);
    }
  }
}
