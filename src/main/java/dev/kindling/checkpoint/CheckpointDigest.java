package dev.kindling.checkpoint;

import dev.kindling.base.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one digest of a checkpoint: SHA-256 over one line per float tensor, in the order of the
 * names' UTF-8 bytes (unsigned).
 *
 * <p><b>Formula.</b> A line is {@code name TAB dtype TAB shape TAB crc32 TAB crc32c LF} in UTF-8.
 * {@code dtype} is the checkpoint's, such as {@code f32}; {@code shape} is the extents in decimal
 * with commas and no spaces, {@code 64,3,3}, and nothing for a scalar; checks are eight lower-case
 * hexadecimal digits. Empty tensors count, with checks {@code 00000000}.
 */
final class CheckpointDigest {
  private CheckpointDigest() {}

  /** Returns the digest as 64 lower-case hexadecimal digits. */
  static String of(List<ManifestTensor> tensors) {
    MessageDigest sha = Sha256.start();
    tensors.stream()
        .map(tensor -> line(tensor).getBytes(StandardCharsets.UTF_8))
        .sorted(Comparator.comparing(CheckpointDigest::name, Arrays::compareUnsigned))
        .forEach(sha::update);
    return HexFormat.of().formatHex(sha.digest());
  }

  private static String line(ManifestTensor tensor) {
    return String.join(
            "\t",
            tensor.name(),
            tensor.dtype().label(),
            tensor.shape().dims().stream().map(String::valueOf).collect(Collectors.joining(",")),
            Crc.hex(tensor.digest().crc32()),
            Crc.hex(tensor.digest().crc32c()))
        + "\n";
  }

  private static byte[] name(byte[] line) {
    int end = 0;
    while (line[end] != '\t') {
      end++;
    }
    return Arrays.copyOf(line, end);
  }
}
