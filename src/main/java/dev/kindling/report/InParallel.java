package dev.kindling.report;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does the same for each of several tensors on all processors. Its threads are its own: those of
 * the common pool would load classes without the job's jar.
 */
final class InParallel {
  private InParallel() {}

  /** What is done for a tensor. */
  interface Work<T> {
    T of(String tensor) throws IOException;
  }

  /** Returns the results in the order of the tensors; of several failures throws the first. */
  static <T> List<T> each(List<String> tensors, Work<T> work) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<T>> running = new ArrayList<>();
      tensors.forEach(tensor -> running.add(threads.submit(() -> work.of(tensor))));
      List<T> results = new ArrayList<>();
      for (Future<T> result : running) {
        results.add(result.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a report was made");
    } finally {
      threads.shutdownNow();
    }
  }

  private static IOException rethrown(Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return (IOException) cause;
  }
}
