package dev.kindling.cli;

import dev.kindling.base.InputException;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.SourceTensor;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/**
 * Where the values that a recipe keeps in files may be read from. A recipe may be anybody's, so
 * without the user's word it leads to no file outside of the folder that it stands in.
 */
final class KeptFilesOptions {
  @Option(
      names = "--kept-from",
      paramLabel = "PATH",
      description =
          "A model, checkpoint or folder that values may be read from although it is outside of the recipe's own folder. May be repeated.")
  private List<String> trusted = new ArrayList<>();

  /**
   * Checks where a recipe takes values from; opens nothing that it names.
   *
   * @param source the file or checkpoint that it stands in
   * @param model a model that the user has named, if any
   * @throws InputException if a file or another checkpoint is outside
   */
  void check(Recipe recipe, String source, Optional<String> model, Configuration hadoop) {
    check(recipe, source, model, hadoop, KeptFilesOptions::paths);
  }

  /** Checks the same of a checkpoint whose tensors are read from its own shards if they can be. */
  void checkFiles(Recipe recipe, String source, Optional<String> model, Configuration hadoop) {
    check(recipe, source, model, hadoop, KeptFilesOptions::files);
  }

  private void check(
      Recipe recipe,
      String source,
      Optional<String> model,
      Configuration hadoop,
      Function<Source, Stream<String>> paths) {
    Path place = OutputOptions.files(source, hadoop).out();
    Path folder = Sources.isFolder(source, hadoop) ? place : place.getParent();
    Stream<Path> named =
        Stream.concat(model.stream(), trusted.stream())
            .map(path -> OutputOptions.files(path, hadoop).out());
    List<Path> allowed = Stream.concat(Stream.of(folder), named).toList();
    for (RecipeEntry entry : recipe.entries()) {
      paths.apply(entry.source()).forEach(path -> check(entry, path, allowed, hadoop));
    }
  }

  /** Returns the files and checkpoints that values come from. */
  private static Stream<String> paths(Source source) {
    return Stream.concat(files(source), source.tensors().stream().map(SourceTensor::path));
  }

  private static Stream<String> files(Source source) {
    return values(source).stream().flatMap(KeptFilesOptions::path);
  }

  private static Optional<ExternalValues> values(Source source) {
    if (source instanceof Source.External external) {
      return Optional.of(external.values());
    }
    return source instanceof Source.Computed computed
        ? Optional.of(computed.values())
        : Optional.empty();
  }

  private static Stream<String> path(ExternalValues values) {
    return values instanceof ExternalValues.InFile inFile
        ? Stream.of(inFile.path())
        : Stream.empty();
  }

  private static void check(
      RecipeEntry entry, String path, List<Path> allowed, Configuration hadoop) {
    Path file = qualified(entry, path, hadoop);
    if (allowed.stream().noneMatch(root -> isWithin(file, root))) {
      throw new InputException(
          "Cannot read the kept tensor '%s' in %s: the file is outside of the recipe's folder %s; give --kept-from %s if you trust this recipe"
              .formatted(entry.tensor(), file, allowed.get(0), file));
    }
  }

  /** Reaches no file system but the default one: the recipe's word opens no connection. */
  private static Path qualified(RecipeEntry entry, String path, Configuration hadoop) {
    try {
      FileSystem files = FileSystem.get(hadoop);
      return new Path(path).makeQualified(files.getUri(), files.getWorkingDirectory());
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(
          "Cannot read the kept tensor '%s' in %s: %s"
              .formatted(entry.tensor(), path, e.getMessage()),
          e);
    }
  }

  /** Paths have no dots left. */
  private static boolean isWithin(Path file, Path root) {
    String folder = root.toUri().getPath();
    String path = file.toUri().getPath();
    return Objects.equals(file.toUri().getScheme(), root.toUri().getScheme())
        && Objects.equals(file.toUri().getAuthority(), root.toUri().getAuthority())
        && (path.equals(folder) || path.startsWith(folder.endsWith("/") ? folder : folder + "/"));
  }
}
