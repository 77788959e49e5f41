package dev.kindling.reader.shapes;

import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Decides by its name what a tensor is for where there is no graph. The first that fits of:
 *
 * <ul>
 *   <li>{@code experts.gate_up_proj}, {@code experts.down_proj}, {@code experts.w1} to {@code w3},
 *       rank 3: the matrices of all experts ({@link ExpertNames}).
 *   <li>{@code *.weight_ih_l0}, {@code *.weight_hh_l0} and their biases: an RNN's, GRU's or LSTM's;
 *       {@code *.in_proj_weight}, {@code *.qkv.weight} and the like: fused queries, keys and values
 *       ({@link TorchFusedNames}).
 *   <li>{@code *.running_mean}, {@code *.running_var}; {@code *.num_batches_tracked} counts from 0.
 *   <li>{@code layer_scale}, {@code gamma_1}, {@code ls1.gamma}, {@code resweight} and the like:
 *       the scale of a residual branch.
 *   <li>{@code cls_token}, {@code pos_embed}, {@code relative_position_bias_table} and the like, of
 *       any rank but without {@code .weight}: additive.
 *   <li>{@code wte}, {@code embed_tokens}, {@code word_embeddings} and other words with {@code
 *       embed}, rank 2: an embedding. {@code patch_embed.proj} and {@code embed_out} are not.
 *   <li>GPT-2's {@code c_attn}, {@code c_proj}, {@code c_fc} of rank 2: dense, {@code [in, out]}.
 *   <li>{@code *.weight} of rank 2: dense; of rank 3 to 5: conv, depthwise if the second axis is 1
 *       and the first is not. Both {@code [out, in, ...]}.
 *   <li>{@code *.weight} of rank 1: a norm's scale if the same module has a bias or running
 *       statistics, or is called {@code norm}, {@code bn}, {@code ln} or {@code gn} with or without
 *       a number; of a module {@code prelu}: its slope.
 *   <li>{@code *.bias}, {@code q_bias} and other vectors in {@code _bias}: a norm's shift beside a
 *       norm's scale, otherwise a bias; {@code gamma} and {@code beta} of old checkpoints: a
 *       norm's.
 * </ul>
 *
 * Everything else has no role: it is a constant without values, which needs a rule.
 */
final class NamedTensors {
  private static final Pattern NORM =
      Pattern.compile("(?i)(^|[^a-z])([a-z]*norm|bn|ln|gn)(\\d*)([^a-z]|$)");

  private static final Pattern SCALE =
      Pattern.compile(
          "(?i)(?:.*[._])?(layer_?scale(_\\d+)?|lambda\\d?|gamma_\\d+|ls\\d?\\.gamma|resweight|skip_?gain|lambda_\\d+|res_?scale)");

  private static final Pattern EMBEDDING =
      Pattern.compile(
          "(?i)(?:.*\\.)?(wte|wpe|shared|tok_embeddings|relative_attention_bias|[a-z_]*embed(ding)?s?(_[a-z]+)?|emb)(\\.\\d+)?\\.weight");

  private static final Pattern NO_EMBEDDING =
      Pattern.compile(
          "(?i)(?:.*\\.)?(embed_out|patch_embed\\w*|[a-z_]*embed\\w*proj\\w*)\\.weight");

  private static final Pattern CONV1D =
      Pattern.compile("(?:.*\\.)?(attn|crossattention|mlp)\\.(c_attn|c_proj|c_fc|q_attn)\\.weight");

  private static final Pattern SLOPE = Pattern.compile("(?i)(?:.*\\.)?p_?relu\\d*\\.weight");

  private final Map<String, Shape> shapes;
  private final Map<String, ElementType> types;
  private final TorchFusedNames fused;
  private final ExpertNames experts;

  /**
   * @param shapes the tensors in order
   * @param types their element types, where they are not float32
   */
  NamedTensors(Map<String, Shape> shapes, Map<String, ElementType> types) {
    this.shapes = new LinkedHashMap<>(shapes);
    this.types = Map.copyOf(types);
    this.fused = new TorchFusedNames(shapes);
    this.experts = new ExpertNames(shapes);
  }

  /** Returns all tensors in order. */
  List<Tensor> tensors() {
    return shapes.keySet().stream().map(this::tensor).toList();
  }

  /** Returns one tensor. */
  Tensor tensor(String name) {
    Shape shape = shapes.get(name);
    ElementType type = types.getOrDefault(name, ElementType.F32);
    if (last(name).equals("num_batches_tracked") && shape.elementCount() == 1) {
      return counter(name, shape);
    }
    if (!type.isFloat()) {
      return typed(Tensor.of(name, shape, Role.CONSTANT, Layout.OUT_IN), type);
    }
    return typed(
        experts.tensor(name).or(() -> fused.tensor(name)).orElseGet(() -> single(name, shape)),
        type);
  }

  private Tensor single(String name, Shape shape) {
    Role role = role(name, shape);
    boolean conv1d = role == Role.DENSE && CONV1D.matcher(name).matches();
    Tensor tensor = Tensor.of(name, shape, role, conv1d ? Layout.IN_OUT : Layout.OUT_IN);
    return role == Role.DEPTHWISE ? grouped(tensor) : tensor;
  }

  private Role role(String name, Shape shape) {
    if (SCALE.matcher(name).matches()) {
      return Role.RESIDUAL_SCALE;
    }
    return switch (last(name)) {
      case "weight", "kernel" -> weight(name, shape);
      case "bias", "q_bias", "k_bias", "v_bias", "in_proj_bias" ->
          isNormScale(sibling(name, "weight")) ? Role.NORM_SHIFT : Role.BIAS;
      case "gamma" -> shape.rank() == 1 ? Role.NORM_SCALE : Role.CONSTANT;
      case "beta" -> shape.rank() == 1 ? Role.NORM_SHIFT : Role.CONSTANT;
      case "running_mean" -> Role.RUNNING_MEAN;
      case "running_var" -> Role.RUNNING_VARIANCE;
      default -> other(name, shape);
    };
  }

  private static Role other(String name, Shape shape) {
    if (shape.rank() == 1 && name.endsWith("_bias")) {
      return Role.BIAS;
    }
    // The logits of GPT-OSS's attention sinks.
    if (shape.rank() == 1 && last(name).equals("sinks")) {
      return Role.ADDITIVE;
    }
    return shape.rank() >= 2 && LearnedNames.matches(last(name).replace('_', ' '))
        ? Role.ADDITIVE
        : Role.CONSTANT;
  }

  private Role weight(String name, Shape shape) {
    return switch (shape.rank()) {
      case 1 -> vector(name);
      case 2 -> isEmbedding(name) ? Role.EMBEDDING : Role.DENSE;
      case 3, 4, 5 -> shape.dim(1) == 1 && shape.dim(0) > 1 ? Role.DEPTHWISE : Role.CONV;
      default -> Role.CONSTANT;
    };
  }

  private Role vector(String name) {
    if (SLOPE.matcher(name).matches()) {
      return Role.SLOPE;
    }
    return isNormScale(name) ? Role.NORM_SCALE : Role.CONSTANT;
  }

  private static boolean isEmbedding(String name) {
    return EMBEDDING.matcher(name).matches() && !NO_EMBEDDING.matcher(name).matches();
  }

  private boolean isNormScale(String weight) {
    return shapes.containsKey(weight)
        && shapes.get(weight).rank() == 1
        && (shapes.containsKey(sibling(weight, "bias"))
            || shapes.containsKey(sibling(weight, "running_mean"))
            || shapes.containsKey(sibling(weight, "running_var"))
            || NORM.matcher(weight).find());
  }

  private static Tensor grouped(Tensor tensor) {
    return new Tensor(
        tensor.name(),
        tensor.shape(),
        tensor.type(),
        tensor.role(),
        tensor.layout(),
        (int) Math.min(Integer.MAX_VALUE, tensor.shape().dim(0)),
        1,
        Activation.NONE,
        List.of(),
        Optional.empty());
  }

  private static Tensor typed(Tensor tensor, ElementType type) {
    return type == tensor.type()
        ? tensor
        : new Tensor(
            tensor.name(),
            tensor.shape(),
            type,
            tensor.role(),
            tensor.layout(),
            tensor.groups(),
            tensor.strides(),
            tensor.activation(),
            tensor.aliases(),
            tensor.values(),
            tensor.fused());
  }

  private static Tensor counter(String name, Shape shape) {
    byte[] zero = new byte[ElementType.I64.bytes()];
    CRC32C crc = new CRC32C();
    crc.update(zero);
    ExternalValues values =
        new ExternalValues.Inline(Base64.getEncoder().encodeToString(zero), (int) crc.getValue());
    return typed(Tensor.of(name, shape, Role.CONSTANT, Layout.OUT_IN), ElementType.I64)
        .withValues(Optional.of(values));
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String sibling(String name, String last) {
    return name.substring(0, name.lastIndexOf('.') + 1) + last;
  }
}
