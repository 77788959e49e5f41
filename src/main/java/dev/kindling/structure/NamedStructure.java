package dev.kindling.structure;

import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.structure.AttentionGroup.Memory;
import dev.kindling.structure.AttentionGroup.Projection;
import dev.kindling.structure.Branch.Kind;
import dev.kindling.structure.Branch.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds structure in the names of tensors, where there is no graph: those of Hugging Face's GPT-2,
 * Llama, BERT, T5 and BART, of Megatron and GPT-NeoX, of torch's and timm's Transformers, and of
 * torchvision's ResNets. A block is what stands before and with the last number that has a known
 * word behind it.
 */
final class NamedStructure {
  private static final int FUSED = 3;

  /** Attention, cross-attention or none, by what stands between a block's number and its weight. */
  private static final Pattern ATTENTION = Pattern.compile("(?i)attn|attention");

  private static final Pattern CROSS =
      Pattern.compile(
          "(?i)encoder_?attn|cross_?attn|crossattention|EncDecAttention|multihead_attn");

  private static final Pattern QUERY = last("q|query|q_proj|q_lin|to_q|wq|linear_q|q_proj_weight");
  private static final Pattern KEY = last("k|key|k_proj|k_lin|to_k|wk|linear_k|k_proj_weight");
  private static final Pattern VALUE = last("v|value|v_proj|v_lin|to_v|wv|linear_v|v_proj_weight");
  private static final Pattern ALL =
      last("c_attn|qkv|qkv_proj|in_proj|in_proj_weight|query_key_value|linear_qkv|Wqkv");
  private static final Pattern MIX =
      last("o|wo|o_proj|out_proj|c_proj|out_lin|proj|dense|linear_proj|to_out");
  private static final Pattern DOWN =
      last(
          "c_proj|fc2|lin2|linear2|linear_2|down_proj|w2|wo|dense_4h_to_h|linear_fc2|3|output\\.dense");
  private static final Pattern FEED =
      Pattern.compile(
          "(?i)(^|\\.)(mlp|ffn|feed_forward|DenseReluDense|intermediate|output|fc\\d|linear_?\\d|lin\\d)(\\.|$)");

  private static final Pattern BLOCK = Pattern.compile("^(.*?\\D|)(\\d+)\\.(.+)$");
  private static final Pattern CONVOLUTION = Pattern.compile("^(layer\\d+\\.\\d+)\\.(conv(\\d))$");
  private static final Pattern HEAD =
      Pattern.compile("(?i)(.*\\.)?(lm_head|head|heads\\.head|classifier|fc|score|output_layer)");

  private static final Pattern DECODER = Pattern.compile("(^|[._])decoder[._]");
  private static final Pattern ENCODER = Pattern.compile("(^|[._])encoder[._]");
  private static final Pattern PARAMETER = Pattern.compile("\\.(weight|kernel)$");

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  NamedStructure(Model model) {
    model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  private static Pattern last(String words) {
    return Pattern.compile("(?i)(^|.*\\.)(" + words + ")(\\.0)?");
  }

  /** Returns the side that a name says. */
  static Side side(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (DECODER.matcher(lower).find()) {
      return Side.DECODER;
    }
    return ENCODER.matcher(lower).find() ? Side.ENCODER : Side.SINGLE;
  }

  Structure find() {
    Map<String, List<String>> branches = new LinkedHashMap<>();
    for (Tensor tensor : tensors.values()) {
      if (tensor.role().isWeight() && tensor.shape().rank() >= 2) {
        branch(tensor.name())
            .ifPresent(
                key -> branches.computeIfAbsent(key, k -> new ArrayList<>()).add(tensor.name()));
      }
    }
    List<Branch> found = new ArrayList<>();
    List<AttentionGroup> groups = new ArrayList<>();
    branches.forEach(
        (key, weights) -> {
          group(key, weights).ifPresent(groups::add);
          found.add(branch(key, weights));
        });
    return new Structure(found, groups, heads(), positions(), decoderEmbeddings(), List.of());
  }

  /** Returns the branch that a weight's name puts it into: its block and what it does there. */
  private static Optional<String> branch(String name) {
    Matcher convolution = CONVOLUTION.matcher(stem(name));
    if (convolution.matches()) {
      return Optional.of(convolution.group(1));
    }
    Matcher block = BLOCK.matcher(stem(name));
    if (!block.matches()) {
      return Optional.empty();
    }
    String place = block.group(1) + block.group(2);
    String rest = block.group(3);
    if (CROSS.matcher(rest).find()) {
      return Optional.of(place + " cross-attention");
    }
    if (ATTENTION.matcher(rest).find()) {
      return Optional.of(place + " attention");
    }
    return FEED.matcher(rest).find() ? Optional.of(place + " mlp") : Optional.empty();
  }

  private Branch branch(String key, List<String> weights) {
    Kind kind =
        key.endsWith(" cross-attention")
            ? Kind.CROSS_ATTENTION
            : key.endsWith(" attention")
                ? Kind.SELF_ATTENTION
                : key.endsWith(" mlp") ? Kind.FEED_FORWARD : Kind.CONVOLUTION;
    List<String> ends = ends(kind, weights);
    int matrices =
        weights.size()
            + (int) weights.stream().filter(w -> ALL.matcher(stem(w)).matches()).count()
                * (FUSED - 1);
    List<String> norms = kind == Kind.CONVOLUTION ? norms(weights) : List.of();
    List<String> endNorms = kind == Kind.CONVOLUTION ? norms(ends) : List.of();
    Placement placement = norms.isEmpty() ? Placement.NONE : Placement.BATCH;
    return new Branch(
        key,
        kind,
        side(weights.get(0)),
        weights,
        matrices,
        ends,
        norms,
        endNorms,
        List.of(),
        placement,
        List.of(),
        "names such as '%s'".formatted(weights.get(0)));
  }

  private static List<String> ends(Kind kind, List<String> weights) {
    if (kind == Kind.CONVOLUTION) {
      return List.of(weights.get(weights.size() - 1));
    }
    Pattern pattern = kind.isAttention() ? MIX : DOWN;
    return weights.stream().filter(name -> pattern.matcher(stem(name)).matches()).toList();
  }

  /** {@code bn2} belongs to {@code conv2}. */
  private List<String> norms(List<String> weights) {
    return weights.stream()
        .map(name -> name.replaceFirst("conv(\\d)\\.weight$", "bn$1.weight"))
        .filter(name -> tensors.containsKey(name) && !weights.contains(name))
        .toList();
  }

  private static Optional<AttentionGroup> group(String key, List<String> weights) {
    if (!key.endsWith("attention")) {
      return Optional.empty();
    }
    Optional<String> all = first(weights, ALL);
    Optional<Projection> query = projection(all, first(weights, QUERY), 0);
    Optional<Projection> keys = projection(all, first(weights, KEY), 1);
    Optional<Projection> value = projection(all, first(weights, VALUE), 2);
    if (query.isEmpty() || keys.isEmpty() || value.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AttentionGroup(
            key,
            query.get(),
            keys.get(),
            value.get(),
            first(weights, MIX),
            0,
            key.endsWith("cross-attention") ? Memory.OTHER : Memory.OWN,
            "names such as '%s'".formatted(query.get().tensor())));
  }

  private static Optional<Projection> projection(
      Optional<String> all, Optional<String> own, int part) {
    return own.map(Projection::whole).or(() -> all.map(name -> new Projection(name, part, FUSED)));
  }

  private static Optional<String> first(List<String> weights, Pattern pattern) {
    return weights.stream().filter(name -> pattern.matcher(stem(name)).matches()).findFirst();
  }

  private List<String> heads() {
    return tensors.values().stream()
        .filter(tensor -> tensor.role() == Role.DENSE)
        .map(Tensor::name)
        .filter(name -> HEAD.matcher(stem(name)).matches())
        .toList();
  }

  private Set<String> positions() {
    Set<String> found = new LinkedHashSet<>();
    for (Tensor tensor : tensors.values()) {
      boolean table = tensor.role() == Role.EMBEDDING || tensor.role() == Role.ADDITIVE;
      if (table
          && tensor
              .name()
              .toLowerCase(Locale.ROOT)
              .matches(".*(wpe|pos(ition)?|relative_attention_bias).*")) {
        found.add(tensor.name());
      }
    }
    return found;
  }

  private Set<String> decoderEmbeddings() {
    Set<String> found = new LinkedHashSet<>();
    boolean encoder =
        tensors.values().stream()
            .anyMatch(t -> t.role() == Role.EMBEDDING && side(t.name()) == Side.ENCODER);
    tensors.values().stream()
        .filter(t -> encoder && t.role() == Role.EMBEDDING && side(t.name()) == Side.DECODER)
        .forEach(tensor -> found.add(tensor.name()));
    return found;
  }

  private static String stem(String name) {
    return PARAMETER.matcher(name).replaceFirst("");
  }
}
