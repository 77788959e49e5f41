package dev.kindling.spark;

import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.export.ExportFile;
import dev.kindling.checkpoint.export.ExportSource;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Writes a checkpoint in other formats on executors, one task per file. */
final class SparkExporter {
  private final JavaSparkContext context;
  private final Consumer<String> progress;

  /**
   * Each task reads the manifest, so there are not as many as files where those are a multitude.
   */
  private static final int LEAST_TASKS = 64;

  private static final int TASKS_A_CORE = 8;

  SparkExporter(JavaSparkContext context, Consumer<String> progress) {
    this.context = context;
    this.progress = progress;
  }

  /** Writes files of an export into a folder. */
  void write(CheckpointFiles source, List<? extends ExportFile> files, Path folder) {
    List<Work> work = files.stream().map(Work::new).toList();
    if (work.isEmpty()) {
      return;
    }
    int tasks =
        Math.min(work.size(), Math.max(LEAST_TASKS, TASKS_A_CORE * context.defaultParallelism()));
    Setting setting =
        new Setting(
            source.out().toString(),
            folder.toString(),
            new HadoopFiles(context.hadoopConfiguration()));
    context.setJobDescription("export: " + folder);
    TaskProgress listener = new TaskProgress("Finished", tasks, "tasks of the export", progress);
    context.sc().addSparkListener(listener);
    try {
      context.parallelize(work, tasks).foreachPartition(setting::run);
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }

  /** A file to be written. */
  record Work(ExportFile file) implements Serializable {}

  /** What all tasks share. */
  private record Setting(String source, String folder, HadoopFiles hadoop) implements Serializable {
    void run(Iterator<Work> files) {
      Path from = new Path(source);
      Path to = new Path(folder);
      try {
        Checkpoint checkpoint = Checkpoint.open(CheckpointFiles.of(hadoop.of(from), from));
        while (files.hasNext()) {
          files.next().file().write(new ExportSource(checkpoint, hadoop), hadoop.of(to), to);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
