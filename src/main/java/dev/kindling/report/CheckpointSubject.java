package dev.kindling.report;

import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.recipe.Recipe;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint that a page shows.
 *
 * @param name how the page calls it
 * @param checkpoint its values
 * @param recipe how they came about
 * @param calibration what the calibration did, if there was one
 * @param run what only the run knew
 */
record CheckpointSubject(
    String name,
    Checkpoint checkpoint,
    Recipe recipe,
    Optional<Calibration> calibration,
    RunRecord run) {

  static CheckpointSubject of(String name, Checkpoint checkpoint, Optional<RunRecord> run) {
    Manifest manifest = checkpoint.manifest();
    return new CheckpointSubject(
        name,
        checkpoint,
        checkpoint.recipe(),
        manifest.calibrationJson().map(json -> CalibrationJson.parse(json, name)),
        run.orElseGet(() -> RunRecord.unknown(manifest.digest())));
  }

  Manifest manifest() {
    return checkpoint.manifest();
  }

  List<LayerResult> layers() {
    return calibration.map(Calibration::layers).orElse(List.of());
  }

  Optional<LayerResult> layer(String name) {
    return layers().stream().filter(layer -> layer.layer().equals(name)).findFirst();
  }

  Optional<ManifestTensor> tensor(String name) {
    return manifest().tensors().stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  long elements() {
    return manifest().tensors().stream().mapToLong(tensor -> tensor.shape().elementCount()).sum();
  }
}
