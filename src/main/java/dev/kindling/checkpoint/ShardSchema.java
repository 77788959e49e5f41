package dev.kindling.checkpoint;

import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;
import static org.apache.parquet.schema.Type.Repetition.REPEATED;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/**
 * The columns of a shard:
 *
 * <pre>
 * message kindling {
 *   required binary tensor (STRING);
 *   required int64 row;
 *   required group values (LIST) { repeated group list { required float element; } }
 * }
 * </pre>
 *
 * <p>So {@code values} has repetition and definition levels of at most 1.
 */
final class ShardSchema {
  static final MessageType MESSAGE =
      Types.buildMessage()
          .required(BINARY)
          .as(stringType())
          .named("tensor")
          .required(INT64)
          .named("row")
          .requiredGroup()
          .as(listType())
          .addField(Types.buildGroup(REPEATED).required(FLOAT).named("element").named("list"))
          .named("values")
          .named("kindling");

  static final ColumnDescriptor TENSOR = MESSAGE.getColumnDescription(new String[] {"tensor"});
  static final ColumnDescriptor ROW = MESSAGE.getColumnDescription(new String[] {"row"});
  static final ColumnDescriptor VALUES =
      MESSAGE.getColumnDescription(new String[] {"values", "list", "element"});

  private ShardSchema() {}
}
