package dev.kindling.reader.shapes;

import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tensors that store several matrices, known by the names that PyTorch and its libraries give them:
 * the weights and biases of RNN, GRU and LSTM and their cells, and fused queries, keys and values
 * that stand behind each other in blocks.
 */
public final class TorchFusedNames {
  /** {@code lstm.weight_ih_l0_reverse}, {@code cell.bias_hh}. */
  private static final Pattern RECURRENT =
      Pattern.compile(
          "(?<stem>(?:.*\\.)?)(?<kind>weight|bias)_(?<side>ih|hh)(?<rest>(?:_l\\d+)?(?:_reverse)?)");

  /** What an LSTM with a projection feeds back. */
  private static final Pattern PROJECTION =
      Pattern.compile("(?:.*\\.)?weight_hr(_l\\d+)?(_reverse)?");

  /** Of MultiheadAttention, timm, Phi-3 and vLLM, MPT; those that interleave heads are not here. */
  private static final Pattern ATTENTION =
      Pattern.compile("(?<stem>(?:.*\\.)?)(in_proj_weight|(qkv|qkv_proj|Wqkv)\\.weight)");

  /** Of GPT-NeoX and BLOOM and of Megatron, where every head has its own three. */
  private static final Pattern INTERLEAVED =
      Pattern.compile("(?:.*\\.)?(query_key_value|linear_qkv)\\.weight");

  /** GPT-2's Conv1D has its outputs last. */
  private static final Pattern CONV1D_ATTENTION =
      Pattern.compile("(?:.*\\.)?attn\\.c_attn\\.weight");

  private static final Pattern ATTENTION_BIAS = Pattern.compile("(?:.*\\.)?in_proj_bias");

  /** Outputs of attention, whose inputs are as many as there are queries. */
  private static final List<String> ATTENTION_OUTPUTS =
      List.of("o_proj.weight", "out_proj.weight", "proj.weight");

  private static final Map<Long, String> GATES = Map.of(4L, "ifgo", 3L, "rzn", 1L, "h");
  private static final int ATTENTION_PARTS = 3;

  private final Map<String, Shape> shapes;

  public TorchFusedNames(Map<String, Shape> shapes) {
    this.shapes = shapes;
  }

  /** Returns the tensor of this name if the name is one of these and its shape fits. */
  public Optional<Tensor> tensor(String name) {
    Shape shape = shapes.get(name);
    Matcher recurrent = RECURRENT.matcher(name);
    if (recurrent.matches()) {
      return recurrent(name, shape, recurrent);
    }
    if (shape.rank() == 2 && PROJECTION.matcher(name).matches()) {
      return Optional.of(Tensor.of(name, shape, Role.DENSE, Layout.OUT_IN));
    }
    if (shape.rank() == 1 && ATTENTION_BIAS.matcher(name).matches()) {
      return Optional.of(Tensor.of(name, shape, Role.BIAS, Layout.OUT_IN));
    }
    if (shape.rank() == 2 && CONV1D_ATTENTION.matcher(name).matches()) {
      return equalParts(shape.dim(1)).map(parts -> attention(name, shape, Layout.IN_OUT, parts));
    }
    if (shape.rank() == 2 && INTERLEAVED.matcher(name).matches()) {
      return interleaved(name, shape);
    }
    Matcher attention = ATTENTION.matcher(name);
    return shape.rank() == 2 && attention.matches()
        ? attentionParts(shape, attention.group("stem"))
            .map(parts -> attention(name, shape, Layout.OUT_IN, parts))
        : Optional.empty();
  }

  /** How many heads there are is not known, but that each of the three is as wide as the model. */
  private static Optional<Tensor> interleaved(String name, Shape shape) {
    boolean equal = shape.dim(0) == ATTENTION_PARTS * shape.dim(1);
    FusedPart all = new FusedPart("queries, keys and values", shape.dim(0), shape.dim(1));
    return equal
        ? Optional.of(attention(name, shape, Layout.OUT_IN, List.of(all)))
        : Optional.empty();
  }

  private static Tensor attention(String name, Shape shape, Layout layout, List<FusedPart> parts) {
    return Tensor.of(name, shape, Role.FUSED_QKV, layout).withFused(parts);
  }

  /** The outputs' projection tells the queries apart where keys and values are fewer. */
  private Optional<List<FusedPart>> attentionParts(Shape shape, String stem) {
    return ATTENTION_OUTPUTS.stream()
        .map(output -> shapes.get(stem + output))
        .filter(output -> output != null && output.rank() == 2)
        .map(output -> output.dim(1))
        .filter(queries -> queries < shape.dim(0) && (shape.dim(0) - queries) % 2 == 0)
        .findFirst()
        .map(queries -> FusedPart.attention(queries, (shape.dim(0) - queries) / 2))
        .or(() -> equalParts(shape.dim(0)));
  }

  private static Optional<List<FusedPart>> equalParts(long outputs) {
    long each = outputs / ATTENTION_PARTS;
    return outputs % ATTENTION_PARTS == 0
        ? Optional.of(FusedPart.attention(each, each))
        : Optional.empty();
  }

  private Optional<Tensor> recurrent(String name, Shape shape, Matcher parsed) {
    boolean bias = parsed.group("kind").equals("bias");
    boolean hidden = parsed.group("side").equals("hh");
    if (shape.rank() != (bias ? 1 : 2)) {
      return Optional.empty();
    }
    Role role = bias ? Role.RECURRENT_BIAS : hidden ? Role.RECURRENT_HIDDEN : Role.RECURRENT_INPUT;
    long outputs = shape.dim(0);
    Tensor tensor = Tensor.of(name, shape, role, Layout.OUT_IN);
    // Both biases are added: the first of them has the gates' values, the second none.
    return bias && hidden
        ? Optional.of(tensor)
        : Optional.of(tensor.withFused(gates(outputs, units(parsed))));
  }

  /** An LSTM with a projection has the size of its state in a third weight. */
  private long units(Matcher parsed) {
    String stem = parsed.group("stem");
    String rest = parsed.group("rest");
    Optional<Shape> projection = matrix(stem + "weight_hr" + rest);
    Optional<Shape> hidden = matrix(stem + "weight_hh" + rest);
    return projection.or(() -> hidden).map(shape -> shape.dim(1)).orElse(0L);
  }

  private Optional<Shape> matrix(String name) {
    return Optional.ofNullable(shapes.get(name)).filter(shape -> shape.rank() == 2);
  }

  private static List<FusedPart> gates(long outputs, long units) {
    boolean whole = units > 0 && outputs % units == 0 && GATES.containsKey(outputs / units);
    return whole ? FusedPart.gates(GATES.get(outputs / units), units) : List.of();
  }
}
