package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ResourceException;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.recipe.TensorValues;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardTaskTest {
  @TempDir Path folder;
  private CheckpointFiles files;
  private CheckpointJob job;

  @BeforeEach
  void plan() throws IOException {
    files = Sample.files(folder);
    job = Sample.job(files);
  }

  @Test
  void keepsWhatStandsAndReturnsTheSame() {
    List<ShardResult> written = Sample.runAll(job, Sample.VALUES);
    AtomicLong filled = new AtomicLong();
    assertThat(Sample.runAll(job, Sample.counted(filled))).isEqualTo(written);
    assertThat(filled).hasValue(0);
  }

  @Test
  void hasSpecificationsAndResultsThatTravel() throws Exception {
    List<Object> sent = new ArrayList<>(Sample.runAll(job, Sample.VALUES));
    sent.addAll(job.shards());
    sent.add(Sample.LAYOUT);
    sent.add(new ShardVerdict(1, 2, List.of("problem")));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(sent);
    }
  }

  @Test
  void leavesNothingBesideTheShards() throws IOException {
    Sample.runAll(job, Sample.VALUES);
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(Files::isRegularFile).map(path -> path.getFileName().toString()))
          .hasSize(job.shards().size())
          .allMatch(name -> name.matches("part-\\d{5}\\.parquet"));
    }
  }

  @Test
  void writesAgainWhatIsNotWhole() throws IOException {
    List<ShardResult> written = Sample.runAll(job, Sample.VALUES);
    byte[] first = Files.readAllBytes(file(0));
    Files.write(file(0), java.util.Arrays.copyOf(first, first.length / 2));
    byte[] flipped = Files.readAllBytes(file(1));
    flipped[flipped.length / 3] ^= 4;
    Files.write(file(1), flipped);
    Files.copy(file(2), file(3), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(folder.resolve("data/" + job.id() + "/.tmp/app-0-00000"), "stale");
    AtomicLong filled = new AtomicLong();
    assertThat(Sample.runAll(job, Sample.counted(filled))).isEqualTo(written);
    long rewritten =
        Stream.of(0, 1, 3)
            .flatMap(number -> written.get(number).ranges().stream())
            .mapToLong(RangeResult::elementCount)
            .sum();
    assertThat(filled).hasValue(rewritten);
    assertThat(Files.readAllBytes(file(0))).isEqualTo(first);
  }

  @Test
  void letsAttemptsRace() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 10; round++) {
        List<Future<ShardResult>> attempts = new ArrayList<>();
        for (int attempt = 0; attempt < 4; attempt++) {
          String name = round + "." + attempt;
          ShardTask task = job.task(job.shards().get(1), Sample.VALUES, new ScalarKernels());
          attempts.add(threads.submit(() -> task.run("app", name)));
        }
        ShardResult first = attempts.get(0).get();
        for (Future<ShardResult> attempt : attempts) {
          assertThat(attempt.get()).isEqualTo(first);
        }
        Files.delete(file(1));
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void succeedsWhenAnotherAttemptHasTakenItsTemporary() {
    ShardSpec spec = job.shards().get(0);
    FileStore.Rename lost =
        (from, to) -> {
          job.task(spec, Sample.VALUES, new ScalarKernels()).run("other", "1");
          throw new IOException("no such file " + from);
        };
    ShardResult result =
        task(new RenamingStore(files.fileSystem(), lost), spec, Sample.VALUES).run("app", "0");
    assertThat(result)
        .isEqualTo(job.task(spec, Sample.VALUES, new ScalarKernels()).run("app", "1"));
  }

  @Test
  void failsWhenItsRenameFailsAndNoOtherHasWritten() {
    FileStore.Rename failing =
        (from, to) -> {
          throw new IOException("No space left on device");
        };
    ShardTask task =
        task(new RenamingStore(files.fileSystem(), failing), job.shards().get(0), Sample.VALUES);
    assertThatThrownBy(() -> task.run("app", "0"))
        .isInstanceOf(ResourceException.class)
        .hasMessage(
            "Cannot write shard 'data/%s/part-00000.parquet' in %s: No space left on device"
                .formatted(job.id(), folder));
    assertThat(folder.resolve("data/" + job.id() + "/.tmp")).isEmptyDirectory();
  }

  @Test
  void abortsAndNeverClosesOnObjectStores() throws IOException {
    RecordingFileSystem store = new RecordingFileSystem(files.fileSystem());
    TensorValues failing =
        (entry, start, target, offset, length) -> {
          throw new IllegalStateException("killed");
        };
    ShardTask task = task(new DirectStore(store), job.shards().get(0), failing);
    assertThatThrownBy(() -> task.run("app", "0")).hasMessage("killed");
    assertThat(store.events).containsExactly("create part-00000.parquet", "abort");
    store.events.clear();
    task(new DirectStore(store), job.shards().get(0), Sample.VALUES).run("app", "0");
    assertThat(store.events).containsExactly("create part-00000.parquet", "close");
    assertThat(file(0)).exists();
  }

  private ShardTask task(FileStore store, ShardSpec spec, TensorValues values) {
    return new ShardTask(
        files,
        store,
        job.id(),
        Sample.LAYOUT,
        spec,
        job.entries(spec),
        values,
        new ScalarKernels());
  }

  private Path file(int number) {
    return folder.resolve("data/%s/part-%05d.parquet".formatted(job.id(), number));
  }

  /** An object store as far as writing goes: says what is done to its streams. */
  private static final class RecordingFileSystem extends FilterFileSystem {
    private final List<String> events = new ArrayList<>();

    RecordingFileSystem(FileSystem fs) {
      super(fs);
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      events.add("create " + path.getName());
      FSDataOutputStream out =
          super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
      return new RecordingStream(out);
    }

    private final class RecordingStream extends FSDataOutputStream {
      RecordingStream(FSDataOutputStream out) throws IOException {
        super(out, null);
      }

      @Override
      public org.apache.hadoop.fs.Abortable.AbortableResult abort() {
        events.add("abort");
        return null;
      }

      @Override
      public void close() throws IOException {
        events.add("close");
        super.close();
      }
    }
  }

  @Test
  void namesWhatFailedWhenTheFileSystemDoes() throws IOException {
    Files.writeString(folder.resolve("data"), "in the way", StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> job.task(job.shards().get(0), Sample.VALUES, new ScalarKernels()).run("app", "0"))
        .isInstanceOf(ResourceException.class)
        .hasMessageStartingWith(
            "Cannot write shard 'data/" + job.id() + "/part-00000.parquet' in ");
  }
}
