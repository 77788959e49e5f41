package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenamingStoreTest {
  /** As a stream of HDFS does whose quota is used up. */
  @Test
  void passesOnWhatAStreamThrowsAgainWhenItIsClosed(@TempDir java.nio.file.Path folder) {
    IOException full = new IOException("quota");
    RenamingStore store = new RenamingStore(new FullFileSystem(full), (from, to) -> {});
    Path file = new Path(folder.resolve("file").toUri());
    assertThatThrownBy(() -> store.write(file, file, out -> fill(out))).isSameAs(full);
  }

  private static int fill(OutputStream out) throws IOException {
    out.write(1);
    return 1;
  }

  private static final class FullFileSystem extends FilterFileSystem {
    private final IOException full;

    FullFileSystem(IOException full) {
      super(new RawLocalFileSystem());
      this.full = full;
    }

    @Override
    public FSDataOutputStream create(Path path, boolean overwrite) throws IOException {
      return new FSDataOutputStream(
          new OutputStream() {
            @Override
            public void write(int value) throws IOException {
              throw full;
            }

            @Override
            public void close() throws IOException {
              throw full;
            }
          },
          null);
    }

    @Override
    public boolean delete(Path path, boolean recursive) {
      return false;
    }
  }
}
