package dev.kindling.spark;

import dev.kindling.base.InputException;
import java.io.Serializable;
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
   * Returns the elements of a row.
   *
   * @throws InputException if one is missing, is no number or is not finite
   */
  float[] read(Row row) {
    float[] elements = isArray(row) ? new float[this.elements] : new float[columns.size()];
    List<?> array = isArray(row) ? row.getList(0) : List.of();
    if (isArray(row) && array.size() != this.elements) {
      throw failure(
          row,
          columns.get(0),
          "wrong length (expected %d, found %d)".formatted(this.elements, array.size()));
    }
    for (int i = 0; i < elements.length; i++) {
      Object value = isArray(row) ? array.get(i) : row.get(i);
      elements[i] =
          element(row, isArray(row) ? columns.get(0) + "[" + i + "]" : columns.get(i), value);
    }
    return elements;
  }

  private static boolean isArray(Row row) {
    return row.size() == 2 && row.get(0) instanceof scala.collection.Seq<?>;
  }

  private float element(Row row, String column, Object value) {
    double number = number(row, column, value);
    float element = (float) (number * scale);
    if (!Float.isFinite(element)) {
      throw failure(row, column, "expected a finite number, found %s".formatted(value));
    }
    return element;
  }

  private static double number(Row row, String column, Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value == null) {
      throw failure(row, column, "the row has no value there (too few columns, or null)");
    }
    try {
      return Double.parseDouble(value.toString().trim());
    } catch (NumberFormatException e) {
      throw failure(row, column, "expected a number, found '%s'".formatted(value));
    }
  }

  private static InputException failure(Row row, String column, String reason) {
    return new InputException(
        "Cannot read data in %s at column '%s': %s"
            .formatted(row.get(row.size() - 1), column, reason));
  }
}
