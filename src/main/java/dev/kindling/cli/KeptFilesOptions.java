package dev.kindling.cli;

import dev.kindling.base.InputException;
import dev.kindling.model.ExternalValues;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
          "A model file, or a folder, that kept values may be read from although it is outside of the recipe's own folder. May be repeated.")
  private List<String> paths = new ArrayList<>();

  /**
   * Checks where a recipe keeps values; opens no file that it names.
   *
   * @param source the file or checkpoint that it stands in
   * @param model a model that the user has named, if any
   * @throws InputException if a file is outside
   */
  void check(Recipe recipe, String source, Optional<String> model, Configuration hadoop) {
    Path place = OutputOptions.files(source, hadoop).out();
    Path folder = Sources.isFolder(source, hadoop) ? place : place.getParent();
    Stream<Path> named =
        Stream.concat(model.stream(), paths.stream())
            .map(path -> OutputOptions.files(path, hadoop).out());
    List<Path> allowed = Stream.concat(Stream.of(folder), named).toList();
    for (RecipeEntry entry : recipe.entries()) {
      if (values(entry.source()).orElse(null) instanceof ExternalValues.InFile inFile) {
        check(entry, inFile, allowed, hadoop);
      }
    }
  }

  private static Optional<ExternalValues> values(Source source) {
    if (source instanceof Source.External external) {
      return Optional.of(external.values());
    }
    return source instanceof Source.Computed computed
        ? Optional.of(computed.values())
        : Optional.empty();
  }

  private static void check(
      RecipeEntry entry, ExternalValues.InFile inFile, List<Path> allowed, Configuration hadoop) {
    Path file = qualified(entry, inFile.path(), hadoop);
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
