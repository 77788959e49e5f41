package dev.kindling.spark;

import dev.kindling.checkpoint.TensorDigest;
import dev.kindling.model.SourceTensor;
import dev.kindling.source.SourceDigests;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/** Reads tensors of other checkpoints on executors, for their digests, one task per range. */
final class SparkSources {
  private final JavaSparkContext context;
  private final Consumer<String> progress;

  SparkSources(JavaSparkContext context, Consumer<String> progress) {
    this.context = context;
    this.progress = progress;
  }

  /** Returns the digest of each tensor. */
  Map<SourceTensor, String> digests(List<SourceTensor> tensors) {
    List<SourceDigests.Range> ranges = SourceDigests.ranges(tensors);
    if (ranges.isEmpty()) {
      return SourceDigests.combine(tensors, ranges, List.of());
    }
    HadoopFiles files = new HadoopFiles(context.hadoopConfiguration());
    context.setJobDescription("read sources");
    TaskProgress listener = new TaskProgress("Read", ranges.size(), "ranges of sources", progress);
    context.sc().addSparkListener(listener);
    try {
      List<TensorDigest> digests =
          context
              .parallelize(ranges, ranges.size())
              .map(range -> range.read(files.open(range.tensor().path())))
              .collect();
      return SourceDigests.combine(tensors, ranges, digests);
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }
}
