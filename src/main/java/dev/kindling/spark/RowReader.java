package dev.kindling.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Turns a row of a dataset into the elements of a sample: number times scale in float64, rounded
 * once to float32. The last column of the row is the file that it comes from.
 *
 * @param columns names of the numeric columns, or of one array column
 * @param elements number of elements that a sample has
 * @param scale factor on every element
 */
record RowReader(List<String> columns, int elements, double scale) implements Serializable {
  RowReader {
    columns = List.copyOf(columns);
  }

  /**
   * Returns the elements of a row, or why it has none. Nothing is thrown: a task that fails is
   * tried again.
   */
  Reading read(Row row) {
    boolean array = row.size() == 2 && row.get(0) instanceof scala.collection.Seq<?>;
    List<?> values = array ? row.getList(0) : List.of();
    if (array && values.size() != elements) {
      return Reading.bad(place(row, columns.get(0)) + wrongLength(values.size()));
    }
    float[] read = new float[elements];
    for (int i = 0; i < read.length; i++) {
      Object value = array ? values.get(i) : row.get(i);
      try {
        read[i] = element(value);
      } catch (IllegalArgumentException e) {
        String column = array ? columns.get(0) + "[" + i + "]" : columns.get(i);
        return Reading.bad(place(row, column) + e.getMessage());
      }
    }
    return Reading.good(read);
  }

  private String wrongLength(int found) {
    return "wrong length of the array (expected %d, found %d)".formatted(elements, found);
  }

  private float element(Object value) {
    float element = (float) (number(value) * scale);
    if (!Float.isFinite(element)) {
      throw new IllegalArgumentException("expected a finite number, found %s".formatted(value));
    }
    return element;
  }

  private static double number(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value == null) {
      throw new IllegalArgumentException("the row has no value there (too few columns, or null)");
    }
    try {
      return Double.parseDouble(value.toString().trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a number, found '%s'".formatted(value), e);
    }
  }

  private static String place(Row row, String column) {
    String file = row.getString(row.size() - 1).replaceFirst("^file:/+", "/");
    return "Cannot read data in %s at column '%s' of the row that begins '%s': "
        .formatted(file, column, beginning(row));
  }

  /** Returns the first values of a row, by which a user finds it; a dataset has no line numbers. */
  private static String beginning(Row row) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < Math.min(4, row.size() - 1); i++) {
      values.add(String.valueOf(row.get(i)));
    }
    String text = String.join(", ", values);
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }

  /**
   * What a row holds.
   *
   * @param elements the elements of a sample, empty for a bad row
   * @param problem what is wrong with a bad row, otherwise empty
   */
  record Reading(float[] elements, String problem) implements Serializable {
    static Reading good(float[] elements) {
      return new Reading(elements, "");
    }

    static Reading bad(String problem) {
      return new Reading(new float[0], problem);
    }

    boolean isBad() {
      return !problem.isEmpty();
    }
  }
}
