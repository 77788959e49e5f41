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
 * @param format a format of Spark's readers, or {@link #SQL}, {@link #IMAGE}, {@link #IDX}
 * @param path file, folder or glob, on any Hadoop file system; the query where the format is sql
 * @param inputs what goes to which graph input
 * @param options options of Spark's reader
 * @param pipeline folder of a saved PipelineModel that the dataset goes through first, empty for
 *     none
 * @param label column of labels, empty for none
 * @param strata column by whose values samples are stratified, empty for none
 * @param maxBadShare share of rows that may be bad and are then left out; 0 if none may be
 */
public record DataSource(
    String format,
    String path,
    List<DataInput> inputs,
    Map<String, String> options,
    String pipeline,
    String label,
    String strata,
    double maxBadShare)
    implements Serializable {
  /** A query instead of a path. */
  public static final String SQL = "sql";

  /** Files of encoded images, in a column {@link #CONTENT}. */
  public static final String IMAGE = "image";

  /** Files of any kind, in a column {@link #CONTENT}. */
  public static final String FILES = "binaryFile";

  /** IDX files, in a column {@link #IDX_RECORD} and, where labels lie beside them, a second. */
  public static final String IDX = "idx";

  /** Name of the column of a file's bytes. */
  public static final String CONTENT = "content";

  /** Name of the column of the records of IDX files. */
  public static final String IDX_RECORD = "features";

  /** Name of the column of the labels of IDX files. */
  public static final String IDX_LABEL = "label";

  public DataSource {
    Require.notBlank(format, "format");
    Require.notBlank(path, "path");
    inputs = List.copyOf(inputs);
    options = new TreeMap<>(options);
    if (!(maxBadShare >= 0 && maxBadShare <= 1)) {
      throw new IllegalArgumentException("max-bad-share is not between 0 and 1: " + maxBadShare);
    }
  }

  /** Returns a source without labels, none of whose rows may be bad. */
  public DataSource(
      String format, String path, List<DataInput> inputs, Map<String, String> options) {
    this(format, path, inputs, options, "", "", "", 0);
  }

  /** Returns this source with other inputs. */
  public DataSource withInputs(List<DataInput> others) {
    return new DataSource(format, path, others, options, pipeline, label, strata, maxBadShare);
  }

  /** Returns the shape of one sample for each graph input. */
  public Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new TreeMap<>();
    inputs.forEach(input -> input.targets().forEach(it -> shapes.put(it, input.shape())));
    return shapes;
  }

  /** Returns this source with a pipeline in front. */
  DataSource through(String folder) {
    return new DataSource(format, path, inputs, options, folder, label, strata, maxBadShare);
  }

  /** Returns this source with samples stratified by a column. */
  DataSource stratifiedBy(String column) {
    return new DataSource(format, path, inputs, options, pipeline, label, column, maxBadShare);
  }

  /** Returns this source with a share of rows that may be bad. */
  DataSource withMaxBadShare(double share) {
    return new DataSource(format, path, inputs, options, pipeline, label, strata, share);
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
