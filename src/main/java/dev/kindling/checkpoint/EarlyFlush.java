package dev.kindling.checkpoint;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FSDataOutputStream;

/**
 * Forces what has been written to disk now and then, on another thread, so that the disk is at work
 * while values are still being drawn. The caller forces the rest, and closes the stream below.
 */
final class EarlyFlush extends FilterOutputStream {
  private static final long EVERY_BYTES = 64L << 20;

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "kindling-flush");
            thread.setDaemon(true);
            return thread;
          });

  private final FSDataOutputStream file;
  private Future<?> flush = CompletableFuture.completedFuture(null);
  private long unforced;

  EarlyFlush(FSDataOutputStream file) {
    super(file);
    this.file = file;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    file.write(bytes, offset, length);
    unforced += length;
    if (unforced >= EVERY_BYTES && flush.isDone()) {
      await();
      flush = THREADS.submit(this::force);
      unforced = 0;
    }
  }

  private Void force() throws IOException {
    file.hsync();
    return null;
  }

  /** Waits for the last flush; an error that the disk reports once must not be lost. */
  void await() throws IOException {
    try {
      flush.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a file was forced to disk", e);
    }
  }

  /** Waits for the last flush, and leaves the stream below open. */
  @Override
  public void close() throws IOException {
    await();
  }
}
