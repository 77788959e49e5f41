package dev.kindling.spark;

import dev.kindling.base.Require;
import dev.kindling.model.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where samples come from and how a row becomes one.
 *
 * @param format a format of Spark's readers, or {@code sql}
 * @param path file, folder or glob, on any Hadoop file system; the query where the format is sql
 * @param inputs what goes to which graph input
 * @param options options of Spark's reader
 * @param label column of labels, empty for none
 */
public record DataSource(
    String format, String path, List<DataInput> inputs, Map<String, String> options, String label)
    implements Serializable {
  public DataSource {
    Require.notBlank(format, "format");
    Require.notBlank(path, "path");
    inputs = List.copyOf(inputs);
    options = new TreeMap<>(options);
  }

  /** Returns a source without labels. */
  public DataSource(
      String format, String path, List<DataInput> inputs, Map<String, String> options) {
    this(format, path, inputs, options, "");
  }

  /** Returns this source with other inputs. */
  public DataSource withInputs(List<DataInput> others) {
    return new DataSource(format, path, others, options, label);
  }

  /** Returns a source for the only input of a graph. */
  public DataSource(
      String format,
      String path,
      List<String> features,
      Shape shape,
      double scale,
      Map<String, String> options) {
    this(format, path, List.of(DataInput.only(features, shape, scale)), options);
  }
}
