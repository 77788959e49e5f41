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
 * @param format {@code csv} or {@code parquet}
 * @param path file, folder or glob, on any Hadoop file system
 * @param features numeric columns in the order of a sample's elements, or one array column
 * @param shape shape of one sample
 * @param scale factor on every element
 * @param options options of Spark's reader
 */
public record DataSource(
    String format,
    String path,
    List<String> features,
    Shape shape,
    double scale,
    Map<String, String> options)
    implements Serializable {
  public DataSource {
    Require.notBlank(format, "format");
    Require.notBlank(path, "path");
    Require.finite(scale, "scale");
    features = List.copyOf(features);
    options = new TreeMap<>(options);
  }
}
