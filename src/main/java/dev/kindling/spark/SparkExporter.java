package dev.kindling.spark;

import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.RowSlice;
import dev.kindling.checkpoint.SafetensorsFile;
import dev.kindling.checkpoint.TensorSource;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
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

  /** Writes safetensors files into a folder. */
  void safetensors(CheckpointFiles source, List<SafetensorsFile> files, Path folder) {
    run(source, folder, files.stream().map(file -> (Task) new SafetensorsTask(file)).toList());
  }

  /** Writes a NumPy file per tensor into a folder. */
  void npy(CheckpointFiles source, List<String> tensors, Path folder) {
    run(source, folder, tensors.stream().map(tensor -> (Task) new NpyTask(tensor)).toList());
  }

  private void run(CheckpointFiles source, Path folder, List<Task> tasks) {
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
  sealed interface Task extends Serializable permits SafetensorsTask, NpyTask {
    void run(Checkpoint source, FileSystem fs, Path folder);
  }

  /** A safetensors file. */
  record SafetensorsTask(SafetensorsFile file) implements Task {
    @Override
    public void run(Checkpoint source, FileSystem fs, Path folder) {
      file.write(source, fs, folder);
    }
  }

  /** A NumPy file. */
  record NpyTask(String tensor) implements Task {
    @Override
    public void run(Checkpoint source, FileSystem fs, Path folder) {
      TensorSource.Outline outline = source.outline(tensor);
      new RowSlice(outline, 0, RowSlice.rows(outline.shape()))
          .writeNpy(source, fs, new Path(folder, tensor + ".npy"));
    }
  }

  /** What all tasks share. */
  private record Setting(String source, String folder, HadoopFiles hadoop) implements Serializable {
    void run(Task task) {
      Path from = new Path(source);
      Path to = new Path(folder);
      try {
        Checkpoint checkpoint = Checkpoint.open(CheckpointFiles.of(hadoop.of(from), from));
        task.run(checkpoint, hadoop.of(to), to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
