package dev.kindling.spark;

import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.export.ExportFile;
import dev.kindling.checkpoint.export.ExportSource;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Writes a checkpoint in other formats on executors, one task per file. */
final class SparkExporter {
  private final JavaSparkContext context;
  private final Consumer<String> progress;

  SparkExporter(JavaSparkContext context, Consumer<String> progress) {
    this.context = context;
    this.progress = progress;
  }

  /** Writes files of an export into a folder. */
  void write(CheckpointFiles source, List<? extends ExportFile> files, Path folder) {
    List<Work> tasks = files.stream().map(Work::new).toList();
    if (tasks.isEmpty()) {
      return;
    }
    Setting setting =
        new Setting(
            source.out().toString(),
            folder.toString(),
            new HadoopFiles(context.hadoopConfiguration()));
    context.setJobDescription("export: " + folder);
    TaskProgress listener = new TaskProgress("Exported", tasks.size(), "files", progress);
    context.sc().addSparkListener(listener);
    try {
      context.parallelize(tasks, tasks.size()).foreach(setting::run);
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }

  /** A file to be written. */
  record Work(ExportFile file) implements Serializable {}

  /** What all tasks share. */
  private record Setting(String source, String folder, HadoopFiles hadoop) implements Serializable {
    void run(Work work) {
      Path from = new Path(source);
      Path to = new Path(folder);
      try {
        Checkpoint checkpoint = Checkpoint.open(CheckpointFiles.of(hadoop.of(from), from));
        work.file().write(new ExportSource(checkpoint, hadoop), hadoop.of(to), to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
