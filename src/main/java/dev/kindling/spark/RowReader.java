package dev.kindling.spark;

import dev.kindling.model.ElementType;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;

/**
 * Turns a row of a dataset into the bytes of a sample. Numbers are prepared in float64 and rounded
 * once to the type of the graph input. A row holds the columns of each input in turn, then that of
 * its stratum if there is one, at last the file that it comes from.
 *
 * @param inputs what goes to which graph input
 * @param layout where its bytes go
 * @param strata column of the strata, empty for none
 */
record RowReader(List<DataInput> inputs, RowLayout layout, String strata) implements Serializable {
  private static final String MISSING = "the row has no value there (too few columns, or null)";

  RowReader {
    inputs = List.copyOf(inputs);
  }

  /**
   * Returns the bytes of a row, or why it has none. Nothing is thrown: a task that fails is tried
   * again.
   */
  Reading read(Row row) {
    ByteBuffer bytes = ByteBuffer.allocate(layout.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
    int column = 0;
    for (DataInput input : inputs) {
      String problem = read(row, column, input, bytes);
      if (!problem.isEmpty()) {
        return Reading.bad(problem);
      }
      column += input.features().size();
    }
    if (strata.isEmpty()) {
      return Reading.good(bytes.array(), "");
    }
    return row.isNullAt(column)
        ? Reading.bad(place(row, 0, strata) + MISSING)
        : Reading.good(bytes.array(), row.get(column).toString());
  }

  private String read(Row row, int column, DataInput input, ByteBuffer bytes) {
    List<?> values = List.of();
    boolean array = input.features().size() == 1 && isArray(row.get(column));
    if (array) {
      try {
        values = array(row, column, input);
      } catch (IllegalArgumentException e) {
        return place(row, column, input.features().get(0)) + e.getMessage();
      }
    } else {
      List<Object> cells = new ArrayList<>();
      input.features().forEach(feature -> cells.add(row.get(column + cells.size())));
      values = cells;
    }
    RowLayout.Field field = layout.field(input.name());
    boolean padded = !input.padding().isEmpty();
    if (values.size() > field.elements() || (values.size() < field.elements() && !padded)) {
      return place(row, column, input.features().get(0))
          + "wrong length of the array (expected %s%d, found %d)"
              .formatted(padded ? "at most " : "", field.elements(), values.size());
    }
    bytes.position(field.offset());
    for (int i = 0; i < values.size(); i++) {
      try {
        write(values.get(i), i, input, field.type(), bytes);
      } catch (IllegalArgumentException e) {
        String name = array ? input.features().get(0) + "[" + i + "]" : input.features().get(i);
        return place(row, column, name) + e.getMessage();
      }
    }
    for (int i = values.size(); i < field.elements(); i++) {
      ElementWriter.write(input.padding().get(0), "padding", field.type(), bytes);
    }
    if (!input.mask().isEmpty()) {
      mask(values.size(), layout.field(input.mask()), bytes);
    }
    return "";
  }

  /** Ids beyond 2^53 would not survive float64. */
  private static void write(
      Object value, int index, DataInput input, ElementType type, ByteBuffer bytes) {
    if (type == ElementType.I64 && value instanceof Long id && input.isPlain()) {
      bytes.putLong(id);
    } else {
      ElementWriter.write(input.prepared(number(value), index), value, type, bytes);
    }
  }

  private static void mask(int there, RowLayout.Field field, ByteBuffer bytes) {
    bytes.position(field.offset());
    for (int i = 0; i < field.elements(); i++) {
      ElementWriter.write(i < there ? 1 : 0, "mask", field.type(), bytes);
    }
  }

  private static boolean isArray(Object cell) {
    return cell instanceof scala.collection.Seq<?>
        || cell instanceof Vector
        || cell instanceof byte[];
  }

  private static List<?> array(Row row, int column, DataInput input) {
    Object cell = row.get(column);
    if (cell instanceof byte[] bytes) {
      return input.images().isEmpty()
          ? new UnsignedBytes(bytes)
          : numbers(input.images().get(0).decode(bytes));
    }
    return cell instanceof Vector vector ? numbers(vector.toArray()) : row.getList(column);
  }

  private static List<Double> numbers(double[] array) {
    return Arrays.stream(array).boxed().toList();
  }

  private static double number(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value == null) {
      throw new IllegalArgumentException(MISSING);
    }
    if (value instanceof Boolean bool) {
      return bool ? 1 : 0;
    }
    try {
      return Double.parseDouble(value.toString().trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a number, found '%s'".formatted(value), e);
    }
  }

  private static String place(Row row, int first, String column) {
    String file = row.getString(row.size() - 1).replaceFirst("^file:/+", "/");
    return "Cannot read data%s at column '%s' of the row that begins '%s': "
        .formatted(file.isEmpty() ? "" : " in " + file, column, beginning(row, first));
  }

  /** Returns the first values of a row, by which a user finds it; a dataset has no line numbers. */
  private static String beginning(Row row, int first) {
    List<String> values = new ArrayList<>();
    for (int i = first; i < Math.min(first + 4, row.size() - 1); i++) {
      values.add(text(row.get(i)));
    }
    String text = String.join(", ", values);
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }

  private static String text(Object cell) {
    return cell instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(cell);
  }

  /** Bytes as numbers from 0 to 255, without a copy. */
  private static final class UnsignedBytes extends AbstractList<Integer> {
    private final byte[] bytes;

    UnsignedBytes(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public Integer get(int index) {
      return Byte.toUnsignedInt(bytes[index]);
    }

    @Override
    public int size() {
      return bytes.length;
    }
  }

  /**
   * What a row holds.
   *
   * @param bytes what goes to the graph inputs, empty for a bad row
   * @param stratum the stratum that it belongs to, empty if there are none
   * @param problem what is wrong with a bad row, otherwise empty
   */
  record Reading(byte[] bytes, String stratum, String problem) implements Serializable {
    static Reading good(byte[] bytes, String stratum) {
      return new Reading(bytes, stratum, "");
    }

    static Reading bad(String problem) {
      return new Reading(new byte[0], "", problem);
    }

    boolean isBad() {
      return !problem.isEmpty();
    }
  }
}
