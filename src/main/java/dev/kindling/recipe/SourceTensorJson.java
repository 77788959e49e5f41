package dev.kindling.recipe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.JsonCursor;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import dev.kindling.model.SourceTensor;
import java.util.List;

/** Tensors of other checkpoints as JSON. */
final class SourceTensorJson {
  private SourceTensorJson() {}

  static void write(SourceTensor tensor, ObjectNode node) {
    node.put("path", tensor.path());
    node.put("tensor", tensor.name());
    ArrayNode shape = node.putArray("shape");
    tensor.shape().dims().forEach(shape::add);
    node.put("type", tensor.type().label());
    node.put("digest", tensor.digest());
  }

  static SourceTensor parse(JsonCursor cursor) {
    JsonCursor type = cursor.field("type");
    ElementType known =
        ElementType.ofLabel(type.text())
            .orElseThrow(() -> type.failure("unknown name '" + type.text() + "'"));
    List<Long> dims =
        cursor.field("shape").elements().stream().map(JsonCursor::wholeNumber).toList();
    try {
      return new SourceTensor(
          cursor.field("path").text(),
          cursor.field("tensor").text(),
          new Shape(dims),
          known,
          cursor.field("digest").text());
    } catch (IllegalArgumentException e) {
      throw cursor.failure(e.getMessage());
    }
  }
}
