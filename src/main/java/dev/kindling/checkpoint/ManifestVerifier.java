package dev.kindling.checkpoint;

import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Verifies what the manifest says against itself, its recipe and the names of the files. Its own
 * checksum and format version have been verified when it was read.
 */
public final class ManifestVerifier {
  private final CheckpointFiles files;
  private final Manifest manifest;
  private final Recipe recipe;
  private final List<String> problems = new ArrayList<>();

  private ManifestVerifier(CheckpointFiles files, Manifest manifest, Recipe recipe) {
    this.files = files;
    this.manifest = manifest;
    this.recipe = recipe;
  }

  /**
   * Returns what is wrong, one line each; empty if nothing is.
   *
   * @param recipe the manifest's recipe
   */
  public static List<String> verify(CheckpointFiles files, Manifest manifest, Recipe recipe) {
    ManifestVerifier verifier = new ManifestVerifier(files, manifest, recipe);
    verifier.checkId();
    verifier.checkTensors();
    verifier.checkDigests();
    verifier.checkFiles();
    return List.copyOf(verifier.problems);
  }

  private void checkId() {
    if (!manifest.writerVersion().equals(CheckpointId.WRITER_VERSION)) {
      problem(
          "this build does not know its writer version",
          CheckpointId.WRITER_VERSION,
          manifest.writerVersion());
      return;
    }
    String expected = CheckpointId.of(manifest.recipeJson(), manifest.layout());
    if (!expected.equals(manifest.id())) {
      problem("id is not that of its recipe and layout", expected, manifest.id());
    }
  }

  private void checkTensors() {
    List<String> expected =
        recipe.entries().stream()
            .filter(entry -> entry.type().isFloat())
            .map(ManifestVerifier::outline)
            .toList();
    List<String> found = manifest.tensors().stream().map(ManifestVerifier::outline).toList();
    for (int i = 0; i < Math.max(expected.size(), found.size()); i++) {
      String one = i < expected.size() ? expected.get(i) : "none";
      String other = i < found.size() ? found.get(i) : "none";
      if (!one.equals(other)) {
        problem("tensor %d is not that of the recipe".formatted(i), one, other);
        return;
      }
    }
  }

  private static String outline(RecipeEntry entry) {
    return entry.tensor() + " " + entry.shape() + " " + RowLength.of(entry.shape());
  }

  private static String outline(ManifestTensor tensor) {
    return tensor.name() + " " + tensor.shape() + " " + tensor.rowLength();
  }

  private void checkDigests() {
    Map<String, TensorDigest> digests = new HashMap<>();
    Map<String, Long> rows = new HashMap<>();
    int elementBytes = manifest.layout().dtype().bytes();
    for (ManifestShard shard : manifest.shards()) {
      for (ManifestRange range : shard.ranges()) {
        String tensor = range.range().tensor();
        if (rows.getOrDefault(tensor, 0L) != range.range().firstRow()) {
          problem(
              "rows of tensor '%s' are not in order".formatted(tensor),
              rows.getOrDefault(tensor, 0L),
              range.range().firstRow());
        }
        rows.put(tensor, range.range().endRow());
        digests.merge(
            tensor,
            range.digest(),
            (before, next) -> before.combine(next, range.elementCount() * elementBytes));
      }
    }
    manifest.tensors().forEach(tensor -> checkTensor(tensor, rows, digests));
    String digest = CheckpointDigest.of(manifest.tensors());
    if (!digest.equals(manifest.digest())) {
      problem("digest is not that of its tensors", digest, manifest.digest());
    }
  }

  private void checkTensor(
      ManifestTensor tensor, Map<String, Long> rows, Map<String, TensorDigest> digests) {
    long rowCount = RowLength.rowCount(tensor.shape());
    long found = rows.getOrDefault(tensor.name(), 0L);
    if (found != rowCount) {
      problem("rows of tensor '%s' are missing".formatted(tensor.name()), rowCount, found);
    }
    TensorDigest digest = digests.getOrDefault(tensor.name(), TensorDigest.EMPTY);
    if (!digest.equals(tensor.digest())) {
      problem(
          "digest of tensor '%s' is not that of its ranges".formatted(tensor.name()),
          digest,
          tensor.digest());
    }
  }

  private void checkFiles() {
    Set<Path> known = new HashSet<>();
    manifest.shards().forEach(shard -> known.add(files.resolve(shard.path())));
    try {
      for (FileStatus folder : files.fileSystem().listStatus(files.data())) {
        checkFolder(folder, known);
      }
    } catch (FileNotFoundException e) {
      problems.add("Cannot verify checkpoint '%s': it has no data".formatted(files.name()));
    } catch (IOException e) {
      problems.add("Cannot verify checkpoint '%s': %s".formatted(files.name(), Failures.reason(e)));
    }
    known.forEach(
        path ->
            problems.add(
                "Cannot verify shard '%s': file is missing".formatted(path.toUri().getPath())));
  }

  private void checkFolder(FileStatus folder, Set<Path> known) throws IOException {
    for (FileStatus file : files.fileSystem().listStatus(folder.getPath())) {
      boolean hidden = file.getPath().getName().startsWith(".");
      if (!known.remove(file.getPath()) && !hidden) {
        problems.add(
            "Cannot verify checkpoint '%s': '%s/%s' is not in its manifest, readers of all shards would take it for one"
                .formatted(files.name(), folder.getPath().getName(), file.getPath().getName()));
      }
    }
  }

  private void problem(String reason, Object expected, Object found) {
    problems.add(
        "Cannot verify manifest of '%s': %s (expected %s, found %s)"
            .formatted(files.name(), reason, expected, found));
  }
}
