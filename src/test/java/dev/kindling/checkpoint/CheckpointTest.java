package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.VerificationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;
  private CheckpointFiles files;
  private Manifest manifest;

  @BeforeEach
  void write() throws IOException {
    manifest = Sample.write(folder, Sample.LAYOUT);
    files = Sample.files(folder);
  }

  @Test
  void opensByName() throws IOException {
    Checkpoint checkpoint = Checkpoint.open(folder.toString());
    assertThat(checkpoint.manifest()).isEqualTo(manifest);
    assertThat(checkpoint.tensors()).isEqualTo(manifest.tensors());
    assertThat(checkpoint.tensor("wide").shape().dims()).containsExactly(3L, 7000L);
  }

  @Test
  void readsTensors() {
    for (ManifestTensor tensor : manifest.tensors()) {
      assertThat(floats(Checkpoint.open(files).values(tensor.name())))
          .isEqualTo(Sample.values(tensor.name()));
    }
  }

  @Test
  void readsAnyRange() throws IOException {
    float[] all = Sample.values("head.weight");
    for (int[] range : new int[][] {{0, 1}, {20_439, 20_521}, {39, 41}, {23_999, 24_000}, {7, 7}}) {
      assertThat(read("head.weight", range[0], range[1]))
          .isEqualTo(Arrays.copyOfRange(all, range[0], range[1]));
    }
  }

  /** 40 values in one page of one of several row groups: index and page, not the row group. */
  @Test
  void readsNoOtherPages() throws IOException {
    CountingFileSystem counting = new CountingFileSystem(files.fileSystem());
    Checkpoint checkpoint = Checkpoint.open(new CheckpointFiles(counting, files.out()));
    counting.bytes = 0;
    checkpoint.read("thin", 1200, 1240, (start, values) -> assertThat(start).isEqualTo(1200));
    long whole = manifest.lengthBytes();
    assertThat(counting.bytes).isLessThan(whole / 4);
  }

  @Test
  void refusesRangesOutsideOfATensor() {
    Checkpoint checkpoint = Checkpoint.open(files);
    assertThatThrownBy(() -> checkpoint.read("wide", 3, 21_001, (start, values) -> {}))
        .hasMessage("values [3, 21001) are not within the 21000 of tensor 'wide'");
    assertThatThrownBy(() -> checkpoint.values("nobody"))
        .hasMessage("no tensor 'nobody' in the manifest");
  }

  @Test
  void refusesToReadDamagedTensors() throws IOException {
    Path file = folder.resolve(manifest.shards().get(0).path());
    byte[] bytes = Files.readAllBytes(file);
    bytes[800] ^= 1;
    Files.write(file, bytes);
    Checkpoint checkpoint = Checkpoint.open(files);
    assertThatThrownBy(() -> checkpoint.values("conv.weight"))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("damaged");
    Files.delete(file);
    assertThatThrownBy(() -> checkpoint.values("conv.weight"))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("file is missing");
  }

  private float[] read(String tensor, long start, long end) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Checkpoint.open(files)
        .read(
            tensor,
            start,
            end,
            (first, values) -> {
              assertThat(first).isEqualTo(start + bytes.size() / Float.BYTES);
              byte[] copy = new byte[values.remaining()];
              values.get(copy);
              bytes.write(copy);
            });
    ByteBuffer all = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    return floats(all);
  }

  private static float[] floats(ByteBuffer bytes) {
    FloatBuffer values = bytes.asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }

  /** Counts the bytes that are asked for. */
  private static final class CountingFileSystem extends FilterFileSystem {
    private long bytes;

    CountingFileSystem(FileSystem fs) {
      super(fs);
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
        throws IOException {
      return new FSDataInputStream(new CountingStream(super.open(path, bufferSize)));
    }

    private final class CountingStream extends FSInputStream {
      private final FSDataInputStream in;

      CountingStream(FSDataInputStream in) {
        this.in = in;
      }

      @Override
      public int read() throws IOException {
        bytes++;
        return in.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = in.read(target, offset, length);
        bytes += Math.max(0, count);
        return count;
      }

      @Override
      public void seek(long position) throws IOException {
        in.seek(position);
      }

      @Override
      public long getPos() throws IOException {
        return in.getPos();
      }

      @Override
      public boolean seekToNewSource(long position) {
        return false;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    }
  }
}
