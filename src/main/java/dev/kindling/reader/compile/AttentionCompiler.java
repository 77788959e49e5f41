package dev.kindling.reader.compile;

import dev.kindling.model.Shape;
import dev.kindling.reader.compile.LayerSpec.Attention;
import dev.kindling.reader.graph.NewAttribute;
import java.util.ArrayList;
import java.util.List;

/** Compiles multi-head attention over sequences {@code [time, width]}. */
final class AttentionCompiler {
  /** Below every score, and finite: a row of infinities only would give NaN. */
  private static final double MASKED = -1e9;

  /** Slowest turn of rotary positions, as in RoFormer. */
  private static final double ROTARY_BASE = 10_000;

  private final GraphAssembler graph;
  private final DenseCompiler dense;
  private final Refusals refusals;

  AttentionCompiler(GraphAssembler graph, DenseCompiler dense, Refusals refusals) {
    this.graph = graph;
    this.dense = dense;
    this.refusals = refusals;
  }

  /** Returns the output of queries of {@code in} on keys and values of {@code memory}. */
  Activations attention(Attention layer, Activations in, Activations memory) {
    refusals.requireSequence(layer, in);
    refusals.requireSequence(layer, memory);
    long width = headWidth(layer, in);
    boolean fused = layer.projections() == Attention.Projections.FUSED;
    List<Activations> parts = fused ? fused(layer, in, width) : separate(layer, in, memory, width);
    String name = layer.name();
    String queries = heads(name + ".queries", parts.get(0), layer.heads(), width);
    String keys = heads(name + ".keys", parts.get(1), layer.keyHeads(), width);
    String values = heads(name + ".values", parts.get(2), layer.keyHeads(), width);
    if (layer.positions() == Attention.Positions.ROTARY) {
      queries = rotated(name + ".queries.rotary", queries, in.sample().dim(0), width);
      keys = rotated(name + ".keys.rotary", keys, memory.sample().dim(0), width);
    }
    keys = repeated(layer, name + ".keys.repeat", keys, memory.sample().dim(0), width);
    values = repeated(layer, name + ".values.repeat", values, memory.sample().dim(0), width);
    String mixed =
        graph.node("MatMul", name + ".mix", weights(layer, queries, keys, in, width), values);
    String merged = merged(layer, mixed, in, width);
    Activations joined =
        new Activations(merged, Shape.of(in.sample().dim(0), layer.heads() * width));
    return dense.dense(name + ".out_proj", in.sample().dim(1), layer.bias(), joined);
  }

  private long headWidth(Attention layer, Activations in) {
    long features = in.sample().dim(1);
    if (layer.headWidth().isEmpty() && features % layer.heads() != 0) {
      throw refusals.refuse(
          layer, "%d heads do not divide its width of %d".formatted(layer.heads(), features));
    }
    if (layer.heads() % layer.keyHeads() != 0) {
      throw refusals.refuse(
          layer,
          "%d heads of keys and values do not divide its %d heads"
              .formatted(layer.keyHeads(), layer.heads()));
    }
    long width = layer.headWidth().orElse(features / layer.heads());
    if (layer.positions() == Attention.Positions.ROTARY && width % 2 != 0) {
      throw refusals.refuse(
          layer, "rotary positions need heads of even width (found " + width + ")");
    }
    return width;
  }

  private List<Activations> separate(
      Attention layer, Activations in, Activations memory, long width) {
    return List.of(
        dense.dense(layer.name() + ".q_proj", layer.heads() * width, layer.bias(), in),
        dense.dense(layer.name() + ".k_proj", layer.keyHeads() * width, layer.bias(), memory),
        dense.dense(layer.name() + ".v_proj", layer.keyHeads() * width, layer.bias(), memory));
  }

  private List<Activations> fused(Attention layer, Activations in, long width) {
    if (layer.memory().isPresent()) {
      throw refusals.refuse(
          layer, "with a memory its queries cannot be fused with keys and values");
    }
    long queries = layer.heads() * width;
    long keys = layer.keyHeads() * width;
    String name = layer.name() + ".qkv";
    Activations all = dense.dense(name, queries + 2 * keys, layer.bias(), in);
    List<String> outputs = List.of(name + ".q", name + ".k", name + ".v");
    String sizes = graph.numbers(name + ".sizes", List.of(queries, keys, keys));
    graph.node(
        "Split",
        name + ".split",
        List.of(all.value(), sizes),
        List.of(NewAttribute.integer("axis", 2)),
        outputs);
    long time = in.sample().dim(0);
    return List.of(
        new Activations(outputs.get(0), Shape.of(time, queries)),
        new Activations(outputs.get(1), Shape.of(time, keys)),
        new Activations(outputs.get(2), Shape.of(time, keys)));
  }

  /** From {@code [batch, time, heads * width]} to {@code [batch, heads, time, width]}. */
  private String heads(String name, Activations in, long heads, long width) {
    String shaped = reshape(name, in.value(), List.of(0L, in.sample().dim(0), heads, width));
    return transpose(name + ".heads", shaped, List.of(0L, 2L, 1L, 3L));
  }

  /** Gives each group of queries a copy of its keys or values. */
  private String repeated(Attention layer, String name, String in, long time, long width) {
    long copies = layer.heads() / layer.keyHeads();
    if (copies == 1) {
      return in;
    }
    String apart = reshape(name + ".apart", in, List.of(0L, layer.keyHeads(), 1L, time * width));
    String shape = graph.numbers(name + ".copies", List.of(1L, 1L, copies, 1L));
    String copied = graph.node("Expand", name, apart, shape);
    return reshape(name + ".join", copied, List.of(0L, layer.heads(), time, width));
  }

  /** Softmax of the scaled scores. */
  private String weights(Attention layer, String queries, String keys, Activations in, long width) {
    String name = layer.name();
    String turned = transpose(name + ".keys.transpose", keys, List.of(0L, 1L, 3L, 2L));
    String scores = graph.node("MatMul", name + ".scores", queries, turned);
    String factor = graph.scalar(name + ".factor", 1 / Math.sqrt((double) width));
    String scaled = graph.node("Mul", name + ".scaled", scores, factor);
    String masked =
        layer.mask() == Attention.Mask.CAUSAL
            ? graph.node("Add", name + ".masked", scaled, causalMask(in.sample().dim(0)))
            : scaled;
    return graph.node(
        "Softmax", name + ".softmax", List.of(masked), List.of(NewAttribute.integer("axis", -1)));
  }

  /** Made by the graph, since its values would outgrow all else in the file. */
  private String causalMask(long time) {
    String name = "causal_mask." + time;
    return graph.once(
        name,
        () -> {
          String shape = graph.numbers(name + ".shape", List.of(time, time));
          String masked = graph.scalar(name + ".value", MASKED);
          String full = graph.node("Expand", name + ".full", masked, shape);
          return graph.node("Trilu", name, full, graph.whole(name + ".diagonal", 1));
        });
  }

  private String merged(Attention layer, String mixed, Activations in, long width) {
    String turned = transpose(layer.name() + ".merge", mixed, List.of(0L, 2L, 1L, 3L));
    return reshape(
        layer.name() + ".merged", turned, List.of(0L, in.sample().dim(0), layer.heads() * width));
  }

  /** {@code x cos + (-second half, first half) sin}, the angle growing with the position. */
  private String rotated(String name, String in, long time, long width) {
    String half = graph.numbers(name + ".halves", List.of(width / 2, width / 2));
    List<String> halves = List.of(name + ".first", name + ".second");
    graph.node(
        "Split",
        name + ".split",
        List.of(in, half),
        List.of(NewAttribute.integer("axis", -1)),
        halves);
    String negative = graph.node("Neg", name + ".negative", halves.get(1));
    String turned =
        graph.node(
            "Concat",
            name + ".turned",
            List.of(negative, halves.get(0)),
            List.of(NewAttribute.integer("axis", -1)));
    String angles = angles(time, width);
    String cosine =
        graph.once(angles + ".cos", () -> graph.node("Cos", angles + ".cos", angles + ".out"));
    String sine =
        graph.once(angles + ".sin", () -> graph.node("Sin", angles + ".sin", angles + ".out"));
    return graph.node(
        "Add",
        name,
        graph.node("Mul", name + ".cos", in, cosine),
        graph.node("Mul", name + ".sin", turned, sine));
  }

  /** Adds angles {@code [time, width]} once and returns the name of their node. */
  private String angles(long time, long width) {
    String name = "rotary.%d.%d".formatted(time, width);
    graph.once(
        name,
        () -> {
          String places =
              graph.node(
                  "Range",
                  name + ".positions",
                  graph.scalar(name + ".zero", 0),
                  graph.scalar(name + ".length", (double) time),
                  graph.scalar(name + ".one", 1));
          String column = reshape(name + ".column", places, List.of(time, 1L));
          List<Float> speeds = new ArrayList<>();
          for (long i = 0; i < width; i++) {
            double power = 2.0 * (i % (width / 2)) / width;
            speeds.add((float) StrictMath.pow(ROTARY_BASE, -power));
          }
          return graph.node(
              "Mul", name, column, graph.matrix(name + ".speeds", Shape.of(1, width), speeds));
        });
    return name;
  }

  private String reshape(String name, String in, List<Long> shape) {
    return graph.node("Reshape", name, in, graph.numbers(name + ".shape", shape));
  }

  private String transpose(String name, String in, List<Long> axes) {
    return graph.node("Transpose", name, List.of(in), List.of(NewAttribute.integers("perm", axes)));
  }
}
