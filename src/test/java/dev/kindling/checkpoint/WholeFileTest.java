package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ResourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  private static final byte[] HEAD = "head".getBytes(StandardCharsets.UTF_8);
  private static final byte[] TAIL = "and tail".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private FileSystem fs;
  private org.apache.hadoop.fs.Path target;

  @BeforeEach
  void open() throws IOException {
    fs = FileSystem.getLocal(new Configuration(false));
    target = new org.apache.hadoop.fs.Path(folder.resolve("file").toUri());
  }

  /** As when a task is slow and Spark starts it a second time. */
  @Test
  void attemptsDoNotMeet() throws IOException {
    WholeFile.write(
        fs,
        target,
        slow -> {
          slow.write(HEAD);
          slow.flush();
          assertThat(folder.resolve("file")).doesNotExist();
          WholeFile.write(
              fs,
              target,
              quick -> {
                quick.write(HEAD);
                quick.write(TAIL);
              });
          assertThat(folder.resolve("file")).hasContent("headand tail");
          slow.write(TAIL);
        });
    assertThat(folder.resolve("file")).hasContent("headand tail");
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void aFailureLeavesNothing() {
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    fs,
                    target,
                    out -> {
                      out.write(HEAD);
                      throw new IOException("no space left");
                    }))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("no space left");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatKilledAttemptsLeftIsRemoved() throws IOException {
    Files.write(folder.resolve("file"), HEAD);
    Files.write(folder.resolve(".file.8c2d.tmp"), HEAD);
    WholeFile.removeTemporaries(fs, target.getParent());
    assertThat(folder.toFile().list()).containsExactly("file");
  }
}
