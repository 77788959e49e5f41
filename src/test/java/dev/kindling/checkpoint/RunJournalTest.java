package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.kindling.base.ConfigurationException;
import dev.kindling.calibrate.CalibratedLayer;
import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.Correction;
import dev.kindling.calibrate.FreshVariance;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.RunHeader;
import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.Stage;
import dev.kindling.model.Layer;
import dev.kindling.recipe.PerChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunJournalTest {
  private static final Calibration.Environment HERE =
      new Calibration.Environment("onnxruntime 1.28.0", "amd64 fma avx2");
  private static final RunHeader HEADER =
      new RunHeader("ab".repeat(32), new LsuvSettings(512, 32, 1), "cd".repeat(32), HERE);
  private static final CalibratedLayer LAYER =
      new CalibratedLayer(
          new LayerResult(
              "fc",
              "fc.weight",
              640,
              Double.NaN,
              0.1,
              1,
              3.1622776601683795,
              1,
              Optional.of(new FreshVariance(1.01, 0.9, 1.2)),
              "",
              "a note"),
          new Correction(
              new PerChannel(List.of(0.1, 1e-17, 3.0)), PerChannel.all(-0.30000000000000004)));

  @TempDir Path folder;
  private CheckpointFiles files;

  @BeforeEach
  void open() throws IOException {
    files =
        CheckpointFiles.of(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(folder.resolve("out").toUri()));
  }

  @Test
  void whatWasAddedIsFoundByTheNextRun() {
    RunJournal first = journal("0011", HEADER, ExistingOutput.REFUSE);
    assertThat(first.find(stage(0, "fc.weight"))).isEmpty();
    first.add(stage(0, "fc.weight"), LAYER);
    RunJournal second = journal("0011", HEADER, ExistingOutput.REFUSE);
    assertThat(second.find(stage(0, "fc.weight"))).contains(LAYER);
    assertThat(second.find(stage(1, "fc.weight"))).isEmpty();
    assertThat(second.find(stage(0, "other.weight"))).isEmpty();
  }

  /** What is damaged is judged again. */
  @Test
  void aDamagedFileIsAsGoodAsNone() throws IOException {
    RunJournal journal = journal("0011", HEADER, ExistingOutput.REFUSE);
    journal.add(stage(0, "fc.weight"), LAYER);
    Path file = folder.resolve("out/_run/0011/layer-00000.json");
    String json = Files.readString(file);
    for (int length = 0; length < json.length(); length += 13) {
      Files.writeString(file, json.substring(0, length));
      assertThat(journal.find(stage(0, "fc.weight"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "micro-batch | another lsuv.micro-batch (expected 64, found 32)",
        "sample | another sample (expected 00, found " + "CD)",
        "library | another forward library (expected onnxruntime 1.27.0, found onnxruntime 1.28.0)",
        "cpu | another CPU type (expected aarch64 asimd, found amd64 fma avx2)"
      })
  void anInterruptedRunThatDiffersIsNamed(String what, String difference) {
    RunHeader other =
        switch (what) {
          case "micro-batch" ->
              new RunHeader(
                  HEADER.recipeDigest(), new LsuvSettings(512, 64, 1), HEADER.sampleDigest(), HERE);
          case "sample" -> new RunHeader(HEADER.recipeDigest(), HEADER.settings(), "00", HERE);
          case "library" -> header("onnxruntime 1.27.0", HERE.cpu());
          default -> header(HERE.runtime(), "aarch64 asimd");
        };
    String runId = what.equals("micro-batch") || what.equals("sample") ? "0022" : "0011";
    journal(runId, other, ExistingOutput.REFUSE).add(stage(0, "fc.weight"), LAYER);
    assertThatThrownBy(() -> journal("0011", HEADER, ExistingOutput.REFUSE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Cannot resume the run in '%s': it was begun with %s; repeat it as it was, choose another folder or give --overwrite to begin again"
                .formatted(folder.resolve("out"), difference.replace("CD", HEADER.sampleDigest())));
    RunJournal again = journal("0011", HEADER, ExistingOutput.OVERWRITE);
    assertThat(again.find(stage(0, "fc.weight"))).isEmpty();
    assertThat(folder.resolve("out/_run")).isDirectoryContaining("glob:**0011");
    assertThat(folder.resolve("out/_run/0022")).doesNotExist();
  }

  @Test
  void runsOfOtherModelsAreLeftAlone() {
    RunHeader other = new RunHeader("ee".repeat(32), new LsuvSettings(5, 5, 2), "00", HERE);
    journal("0033", other, ExistingOutput.REFUSE);
    journal("0011", HEADER, ExistingOutput.OVERWRITE);
    assertThat(folder.resolve("out/_run/0033/journal.json")).exists();
  }

  @Test
  void removedItLeavesNothing() {
    journal("0011", HEADER, ExistingOutput.REFUSE).remove();
    assertThat(folder).isEmptyDirectory();
  }

  private RunJournal journal(String runId, RunHeader header, ExistingOutput existing) {
    return RunJournal.open(files, runId, header, existing, "local-1");
  }

  private static RunHeader header(String runtime, String cpu) {
    return new RunHeader(
        HEADER.recipeDigest(),
        HEADER.settings(),
        HEADER.sampleDigest(),
        new Calibration.Environment(runtime, cpu));
  }

  private static Stage stage(int index, String weight) {
    return new Stage(
        index,
        new Layer("fc", "node", weight, Optional.empty()),
        ByteString.EMPTY,
        List.of(),
        List.of(),
        Optional.empty(),
        "z",
        ChannelAxis.LAST,
        List.of(),
        Optional.empty());
  }
}
