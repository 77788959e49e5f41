package dev.kindling.checkpoint;

import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * Verifies one shard against the manifest and, if asked to, against the recipe. Made where it runs.
 */
public final class ShardVerifier {
  private final CheckpointFiles files;
  private final String id;
  private final CheckpointLayout layout;
  private final ManifestShard shard;
  private final Optional<ValueComparison> comparison;
  private final List<String> problems = new ArrayList<>();

  /**
   * Prepares a verification that compares digests, and values too in mode {@link
   * VerifyMode#VALUES}.
   *
   * @param id id of the checkpoint
   * @param layout its output settings
   * @param shard what the manifest says of it
   * @param entries entries of the recipe, those of the shard at least
   * @param values gives the values; not used in mode {@link VerifyMode#BYTES}
   */
  public ShardVerifier(
      CheckpointFiles files,
      String id,
      CheckpointLayout layout,
      ManifestShard shard,
      List<RecipeEntry> entries,
      TensorValues values,
      VerifyMode mode) {
    this.files = files;
    this.id = id;
    this.layout = layout;
    this.shard = shard;
    this.comparison =
        switch (mode) {
          case BYTES -> Optional.empty();
          case VALUES -> Optional.of(new ValueComparison(layout.dtype(), byName(entries), values));
        };
  }

  private static Map<String, RecipeEntry> byName(List<RecipeEntry> entries) {
    return entries.stream().collect(Collectors.toMap(RecipeEntry::tensor, Function.identity()));
  }

  /**
   * Returns what is wrong with the shard. A file that cannot be read is a problem, not an
   * exception.
   */
  public ShardVerdict verify() {
    long valueCount = 0;
    try {
      checkLength();
      valueCount = readAll();
    } catch (FileNotFoundException e) {
      problem("file is missing");
    } catch (DamagedShardException e) {
      problems.add(e.getMessage());
    } catch (IOException e) {
      problem("cannot be read: " + Failures.reason(e));
    }
    comparison.flatMap(ValueComparison::difference).ifPresent(this::problem);
    return new ShardVerdict(shard.number(), valueCount, problems);
  }

  private void checkLength() throws IOException {
    Path path = files.resolve(shard.path());
    long length = files.fileSystem().getFileStatus(path).getLen();
    if (length != shard.lengthBytes()) {
      problem(
          "length differs (expected %d bytes, found %d)".formatted(shard.lengthBytes(), length));
    }
  }

  private long readAll() throws IOException {
    Path path = files.resolve(shard.path());
    try (ShardReader reader = ShardReader.open(files.fileSystem(), path, layout)) {
      checkIdentity(reader.identity());
      ShardResult found =
          reader.check(shard.path(), comparison.<ValueSink>map(c -> c).orElse(ValueSink.NONE));
      if (found.crc32c() != shard.crc32c()) {
        problem(
            "file differs (expected CRC-32C %s, found %s)"
                .formatted(Crc.hex(shard.crc32c()), Crc.hex(found.crc32c())));
      }
      checkRanges(found);
      return found.ranges().stream().mapToLong(RangeResult::elementCount).sum();
    }
  }

  private void checkIdentity(ShardIdentity identity) {
    if (!identity.id().equals(id) || identity.number() != shard.number()) {
      problem(
          "file is that of another shard (expected id %s number %d, found id %s number %d)"
              .formatted(id, shard.number(), identity.id(), identity.number()));
    }
  }

  private void checkRanges(ShardResult found) {
    List<ManifestRange> ranges = ManifestShard.of(found).ranges();
    if (ranges.size() != shard.ranges().size()) {
      problem(
          "holds other tensors (expected %d ranges, found %d)"
              .formatted(shard.ranges().size(), ranges.size()));
      return;
    }
    for (int i = 0; i < ranges.size(); i++) {
      ManifestRange expected = shard.ranges().get(i);
      if (!expected.equals(ranges.get(i))) {
        problem(
            "range %d differs (expected tensor '%s' digest %s, found tensor '%s' digest %s)"
                .formatted(
                    i,
                    expected.range().tensor(),
                    expected.digest(),
                    ranges.get(i).range().tensor(),
                    ranges.get(i).digest()));
      }
    }
  }

  private void problem(String reason) {
    problems.add("Cannot verify shard '%s': %s".formatted(shard.path(), reason));
  }
}
