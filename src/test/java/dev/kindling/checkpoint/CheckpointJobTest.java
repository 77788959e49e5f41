package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.model.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointJobTest {
  @TempDir Path folder;
  private CheckpointFiles files;

  @BeforeEach
  void open() throws IOException {
    files = Sample.files(folder);
  }

  @Test
  void makesTheCheckpointExistWithItsManifest() {
    CheckpointJob job = Sample.job(files);
    assertThat(inspect()).isEqualTo(new OutputState.Empty());
    List<ShardResult> results = new ArrayList<>(Sample.runAll(job, Sample.VALUES));
    assertThat(inspect()).isEqualTo(new OutputState.Interrupted(Optional.empty()));
    Collections.shuffle(results, new Random(1));
    Manifest manifest = Sample.finish(job, results, new OutputState.Empty());
    assertThat(ManifestFile.load(files)).isEqualTo(manifest);
    assertThat(inspect()).isEqualTo(new OutputState.Complete(manifest));
    job.clean(Set.of());
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("data", "manifest.json");
    assertThat(folder.resolve("data/" + job.id() + "/.tmp")).doesNotExist();
  }

  @Test
  void hasOneDigestForEveryShardSize() throws IOException {
    String digest = Sample.write(folder.resolve("a"), Sample.LAYOUT).digest();
    for (long shardBytes : new long[] {4000, 1 << 20, 1L << 40}) {
      CheckpointLayout layout = CheckpointLayout.of(ElementType.F32, shardBytes);
      Manifest manifest = Sample.write(folder.resolve("b" + shardBytes), layout);
      assertThat(manifest.digest()).isEqualTo(digest);
      for (ManifestTensor tensor : manifest.tensors()) {
        assertThat(tensor.digest()).isEqualTo(Sample.digest(Sample.values(tensor.name())));
      }
    }
  }

  @Test
  void goesOnWhereAShardIsMissing() throws IOException {
    Manifest manifest = Sample.write(folder, Sample.LAYOUT);
    Files.delete(folder.resolve(manifest.shards().get(1).path()));
    OutputState state = inspect();
    assertThat(state).isEqualTo(new OutputState.Interrupted(Optional.of(manifest)));
    CheckpointJob job = Sample.job(files);
    assertThat(Sample.finish(job, Sample.runAll(job, Sample.VALUES), state)).isEqualTo(manifest);
    assertThat(inspect()).isEqualTo(new OutputState.Complete(manifest));
  }

  @Test
  void refusesAnotherCheckpointUnlessToldTo() throws IOException {
    Manifest old = Sample.write(folder, CheckpointLayout.of(ElementType.F32, 20_000));
    assertThatThrownBy(this::inspect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Cannot write a checkpoint to '%s': it holds another checkpoint (id %s); choose another folder or give --overwrite"
                .formatted(folder, old.id()));
    OutputState state =
        OutputInspector.inspect(files, Sample.RUN_ID, Sample.LAYOUT, ExistingOutput.OVERWRITE);
    assertThat(state).isEqualTo(new OutputState.Replaced(Optional.of(old)));
    CheckpointJob job = Sample.job(files);
    List<ShardResult> results = Sample.runAll(job, Sample.VALUES);
    assertThat(ManifestFile.load(files)).isEqualTo(old);
    job.finish(results, Optional.empty(), state, ExistingOutput.OVERWRITE, "app");
    job.clean(Set.of(old.id(), job.id()));
    assertThat(folder.resolve("data").toFile().list()).containsExactly(job.id());
  }

  @Test
  void leavesACheckpointAloneThatCameDuringTheRun() throws IOException {
    CheckpointJob job = Sample.job(files);
    List<ShardResult> results = Sample.runAll(job, Sample.VALUES);
    Files.createDirectories(folder.resolve("_run/" + Sample.RUN_ID));
    CheckpointJob other = Sample.job(files, CheckpointLayout.of(ElementType.F32, 20_000));
    Manifest theirs =
        Sample.finish(other, Sample.runAll(other, Sample.VALUES), new OutputState.Empty());
    assertThatThrownBy(() -> Sample.finish(job, results, new OutputState.Empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "another checkpoint (id %s) was finished there".formatted(other.id()));
    assertThat(ManifestFile.load(files)).isEqualTo(theirs);
    assertThat(folder.resolve("data").toFile().list()).containsExactly(other.id());
    assertThat(folder.resolve("_run")).doesNotExist();
  }

  /** Both began in an empty folder; the one that finishes last stands, whoever cleans up first. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesNothingOfARunThatWasReplaced(boolean lastCleansFirst) {
    CheckpointJob first = Sample.job(files);
    CheckpointJob last = Sample.job(files, CheckpointLayout.of(ElementType.F32, 20_000));
    List<ShardResult> ofFirst = Sample.runAll(first, Sample.VALUES);
    List<ShardResult> ofLast = Sample.runAll(last, Sample.VALUES);
    overwrite(first, ofFirst);
    if (!lastCleansFirst) {
      first.clean(Set.of());
      assertThat(ids()).as("the other one is still going on").hasSize(2);
    }
    assertThat(last.overtaker(new OutputState.Empty())).contains(first.id());
    Manifest manifest = overwrite(last, ofLast);
    last.clean(Set.of());
    first.clean(Set.of());
    assertThat(ids()).containsExactly(last.id());
    assertThat(ManifestFile.load(files)).isEqualTo(manifest);
  }

  private String[] ids() {
    return folder.resolve("data").toFile().list();
  }

  private static Manifest overwrite(CheckpointJob job, List<ShardResult> results) {
    return job.finish(
        results, Optional.empty(), new OutputState.Empty(), ExistingOutput.OVERWRITE, "app");
  }

  @Test
  void doesNotPretendThatShardsStandWhichHaveGone() throws IOException {
    CheckpointJob job = Sample.job(files);
    List<ShardResult> results = Sample.runAll(job, Sample.VALUES);
    Files.delete(folder.resolve(results.get(0).path()));
    assertThatThrownBy(() -> Sample.finish(job, results, new OutputState.Empty()))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("has gone or changed, run again");
    assertThat(folder.resolve("manifest.json")).doesNotExist();
  }

  @Test
  void refusesForeignFilesAndFiles() throws IOException {
    Files.writeString(folder.resolve("thesis.tex"), "");
    assertThatThrownBy(this::inspect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("it holds 'thesis.tex', which is no part of a checkpoint");
    files = Sample.files(folder.resolve("thesis.tex"));
    assertThatThrownBy(this::inspect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("it is a file, not a folder");
    files = Sample.files(folder.resolve("thesis.tex/below"));
    assertThatThrownBy(() -> Sample.job(files).prepare())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Cannot write a checkpoint to '%s".formatted(folder));
  }

  @Test
  void refusesADamagedManifestUnlessToldTo() throws IOException {
    Sample.write(folder, Sample.LAYOUT);
    Files.writeString(folder.resolve("manifest.json"), "{}");
    assertThatThrownBy(this::inspect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("whose manifest is damaged");
    assertThat(
            OutputInspector.inspect(files, Sample.RUN_ID, Sample.LAYOUT, ExistingOutput.OVERWRITE))
        .isEqualTo(new OutputState.Replaced(Optional.empty()));
  }

  @Test
  void namesEveryIdAfterAllThatItHashes() {
    String id = CheckpointId.of(Sample.RECIPE_JSON, Sample.LAYOUT);
    assertThat(id).matches("[0-9a-f]{16}");
    assertThat(CheckpointId.of("{\"format-version\":1,\"seed\":42}", Sample.LAYOUT)).isEqualTo(id);
    assertThat(CheckpointId.of("{\"format-version\":1,\"seed\":43}", Sample.LAYOUT))
        .isNotEqualTo(id);
    assertThat(CheckpointId.of(Sample.RECIPE_JSON, CheckpointLayout.of(ElementType.F32, 1)))
        .isNotEqualTo(id);
  }

  private OutputState inspect() {
    return OutputInspector.inspect(files, Sample.RUN_ID, Sample.LAYOUT, ExistingOutput.REFUSE);
  }
}
