package dev.kindling.cluster;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** A file system that checkpoints are written to. */
interface Store extends AutoCloseable {
  /** The file systems that there are. */
  enum Kind {
    FILE,
    HDFS,
    S3A;

    /** Starts one; on HDFS each block stands twice, on two of three DataNodes. */
    Store start(Path work) {
      return switch (this) {
        case FILE -> new LocalFiles(work.toUri());
        case HDFS -> Hdfs.start(work, 3, 2);
        case S3A -> S3.start(work);
      };
    }
  }

  /** Returns its root. */
  String uri();

  /** Returns what Hadoop has to know of it. */
  default Map<String, String> hadoop() {
    return Map.of();
  }

  /** Returns settings of Spark with which a job reaches it. */
  default Map<String, String> spark() {
    Map<String, String> settings = new HashMap<>();
    hadoop().forEach((key, value) -> settings.put("spark.hadoop." + key, value));
    return settings;
  }

  /** Returns a folder on it. */
  default Output output(String name) {
    Configuration configuration = new Configuration();
    hadoop().forEach(configuration::set);
    return Output.of(uri() + "/" + name, configuration);
  }

  @Override
  void close();

  /**
   * This machine's disk.
   *
   * @param root a folder
   */
  record LocalFiles(java.net.URI root) implements Store {
    @Override
    public String uri() {
      return root.toString().replaceAll("/$", "");
    }

    @Override
    public void close() {
      // Nothing was started.
    }
  }
}
