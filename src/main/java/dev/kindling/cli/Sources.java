package dev.kindling.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.base.UnknownNameException;
import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.DrawnTensors;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestJson;
import dev.kindling.checkpoint.ScratchFolder;
import dev.kindling.checkpoint.SpilledPieces;
import dev.kindling.checkpoint.TensorSource;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.spark.Cluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Checkpoints and recipes as commands name them: a folder, a recipe or a manifest. */
final class Sources {
  private Sources() {}

  /**
   * A recipe, and the manifest that it was found in.
   *
   * @param manifest absent if the file was a recipe
   */
  record Found(Recipe recipe, Optional<Manifest> manifest) {}

  /** Returns the checkpoint in a folder; nothing is verified, so a damaged one is bad input. */
  static Checkpoint checkpoint(String folder, Configuration hadoop) {
    CheckpointFiles files = OutputOptions.files(folder, hadoop);
    try {
      return Checkpoint.open(files);
    } catch (VerificationException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  /** Returns the recipe of a recipe file, a manifest, or a checkpoint's folder. */
  static Found recipe(String path, Configuration hadoop) {
    if (isFolder(path, hadoop)) {
      return found(checkpoint(path, hadoop).manifest(), path);
    }
    byte[] json = Inputs.read("recipe", path, hadoop);
    if (isManifest(json)) {
      try {
        return found(ManifestJson.parse(json, path), path);
      } catch (VerificationException e) {
        throw new InputException(e.getMessage(), e);
      }
    }
    return new Found(
        RecipeJson.parse(new String(json, StandardCharsets.UTF_8), path), Optional.empty());
  }

  /**
   * Returns the tensors of a checkpoint's folder, or those that a recipe or manifest gives.
   *
   * @param kept where values that a recipe keeps in files may be
   * @param scratch keeps what rows of a matrix share
   */
  static TensorSource tensors(
      String path,
      KernelsMode kernels,
      KeptFilesOptions kept,
      Configuration hadoop,
      ScratchFolder scratch) {
    if (isFolder(path, hadoop)) {
      return checkpoint(path, hadoop);
    }
    Found found = recipe(path, hadoop);
    kept.check(found.recipe(), path, Optional.empty(), hadoop);
    ElementType dtype = found.manifest().map(it -> it.layout().dtype()).orElse(ElementType.F32);
    RecipeValues values =
        new RecipeValues(
            found.recipe().seed(),
            KernelsLoader.load(kernels).kernels(),
            Cluster.externalFiles(hadoop),
            new SpilledPieces(scratch.fileSystem(), scratch.path(), "slice"));
    return new DrawnTensors(found.recipe(), values, dtype);
  }

  /** Returns a tensor of a source. */
  static TensorSource.Outline tensor(String verb, TensorSource source, String name) {
    List<String> names = source.outlines().stream().map(TensorSource.Outline::name).toList();
    if (!names.contains(name)) {
      throw new ConfigurationException(
          "Cannot %s: %s"
              .formatted(verb, new UnknownNameException("tensor", name, names).getMessage()));
    }
    return source.outline(name);
  }

  private static Found found(Manifest manifest, String source) {
    return new Found(RecipeJson.parse(manifest.recipeJson(), source), Optional.of(manifest));
  }

  /** Returns whether a path is a folder; what is not there is bad input. */
  static boolean isFolder(String path, Configuration hadoop) {
    CheckpointFiles files = OutputOptions.files(path, hadoop);
    try {
      return files.fileSystem().getFileStatus(files.out()).isDirectory();
    } catch (IOException e) {
      throw new InputException(
          "Cannot read '%s': there is no such file or folder".formatted(path), e);
    }
  }

  private static boolean isManifest(byte[] json) {
    try {
      JsonNode tree = new ObjectMapper().readTree(json);
      return tree.has("recipe");
    } catch (JsonProcessingException e) {
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
