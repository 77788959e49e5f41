package dev.kindling.checkpoint.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ConfigurationException;
import dev.kindling.checkpoint.CheckpointFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFolderTest {
  @TempDir Path folder;
  private Path out;
  private ExportFolder export;

  @BeforeEach
  void open() throws IOException {
    out = folder.resolve("out");
    export =
        new ExportFolder(
            CheckpointFiles.of(
                FileSystem.getLocal(new Configuration(false)),
                new org.apache.hadoop.fs.Path(out.toUri())));
  }

  @Test
  void holdsWhatWasWrittenAndNothingElse() throws IOException {
    export.requireFree();
    assertThat(out).doesNotExist();
    export.begin();
    Files.writeString(out.resolve("model.safetensors"), "x");
    Files.writeString(out.resolve(".model.safetensors.1.tmp"), "x");
    export.finish();
    assertThat(out.toFile().list()).containsExactly("model.safetensors");
  }

  @Test
  void anInterruptedExportIsWrittenAgain() throws IOException {
    export.begin();
    Files.writeString(out.resolve("model-00001-of-00009.safetensors"), "of other settings");
    assertThatCode(export::requireFree).doesNotThrowAnyException();
    export.begin();
    Files.writeString(out.resolve("model.safetensors"), "x");
    export.finish();
    assertThat(out.toFile().list()).containsExactly("model.safetensors");
  }

  @Test
  void otherFilesAreLeftAlone() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("thesis.tex"), "x");
    assertThatThrownBy(export::requireFree)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Cannot export to '%s': it is not empty; choose a new or empty folder".formatted(out));
  }
}
