package dev.kindling.checkpoint;

import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;
import static org.apache.parquet.schema.Type.Repetition.REPEATED;

import dev.kindling.model.ElementType;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * The columns of a shard: {@code tensor: string, row: int64, values: list<float>}, all required;
 * {@code list<double>} for float64. A row of the file is a row of a tensor, see {@link RowLength}.
 *
 * @param message the columns
 */
record ShardSchema(MessageType message) {
  private static final ShardSchema FLOATS = new ShardSchema(message(FLOAT));
  private static final ShardSchema DOUBLES = new ShardSchema(message(DOUBLE));

  /** Returns the columns for an element type. */
  static ShardSchema of(ElementType dtype) {
    return dtype == ElementType.F64 ? DOUBLES : FLOATS;
  }

  private static MessageType message(PrimitiveTypeName element) {
    return Types.buildMessage()
        .required(BINARY)
        .as(stringType())
        .named("tensor")
        .required(INT64)
        .named("row")
        .requiredGroup()
        .as(listType())
        .addField(Types.buildGroup(REPEATED).required(element).named("element").named("list"))
        .named("values")
        .named("kindling");
  }

  ColumnDescriptor tensor() {
    return message.getColumnDescription(new String[] {"tensor"});
  }

  ColumnDescriptor row() {
    return message.getColumnDescription(new String[] {"row"});
  }

  ColumnDescriptor values() {
    return message.getColumnDescription(new String[] {"values", "list", "element"});
  }
}
