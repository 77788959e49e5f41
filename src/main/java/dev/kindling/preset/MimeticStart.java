package dev.kindling.preset;

import dev.kindling.base.Require;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Mimetic;
import dev.kindling.scheme.Mimetic.Part;
import dev.kindling.structure.AttentionGroup;
import dev.kindling.structure.AttentionGroup.Memory;
import dev.kindling.structure.AttentionGroup.Projection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Mimetic initialisation: in each self-attention, queries and keys of a head start with a product
 * near {@code 0.7 Z + 0.7 I}, values and output with one near {@code 0.4 Z - 0.4 I}, Z of N(0,
 * 1/d).
 *
 * <p>Source: Trockman, Kolter 2023, https://arxiv.org/abs/2305.09828, section 3.
 *
 * @param heads number of heads where the graph does not say it, 0 if it is not stated
 * @param queriesAndKeys what each head's product is near
 * @param valuesAndOutput what the attention's is near
 */
record MimeticStart(long heads, Product queriesAndKeys, Product valuesAndOutput) implements Preset {
  static final Product QUERIES_AND_KEYS = new Product(0.7, 0.7);
  static final Product VALUES_AND_OUTPUT = new Product(0.4, -0.4);

  /** Matrices of a fused tensor. */
  private static final int QUERIES_KEYS_VALUES = 3;

  /**
   * {@code noise Z + diagonal I}.
   *
   * @param noise standard deviation of its elements times the root of their number in a row
   * @param diagonal mean of the diagonal
   */
  record Product(double noise, double diagonal) {
    Product {
      Require.positive(noise, "noise");
      Require.finite(diagonal, "diagonal");
    }
  }

  @Override
  public String name() {
    return "mimetic";
  }

  @Override
  public Outcome apply(Subject subject) {
    List<AttentionGroup> all = subject.structure().attentions();
    List<AttentionGroup> own = all.stream().filter(it -> it.memory() == Memory.OWN).toList();
    if (own.isEmpty()) {
      throw new IllegalArgumentException(
          "the model has no self-attention (expected a softmax over queries and keys of one sequence, or names such as h.0.attn.c_attn)");
    }
    Assignment assignment = new Assignment("preset " + name());
    own.forEach(group -> give(new Sizes(group, subject), assignment));
    if (own.size() < all.size()) {
      assignment.note(
          "%d attentions over another sequence stay as they are without it"
              .formatted(all.size() - own.size()));
    }
    return assignment.outcome();
  }

  private void give(Sizes sizes, Assignment assignment) {
    AttentionGroup group = sizes.group();
    long count = sizes.heads(heads);
    long width = sizes.width(count);
    String out = sizes.out();
    String why = "%s, %d heads of %d".formatted(group.name(), count, width);
    Map<String, List<Part>> stored = new LinkedHashMap<>();
    sizes
        .projections()
        .forEach(
            (part, projection) ->
                stored.computeIfAbsent(projection.tensor(), name -> new ArrayList<>()).add(part));
    stored.forEach(
        (tensor, parts) -> {
          long shares = sizes.shares(tensor, parts.size());
          List<Given.Part> given = new ArrayList<>();
          for (long share = 0; share < shares; share++) {
            for (Part part : parts) {
              given.add(given(scheme(part, sizes, width, share)));
            }
          }
          assignment.give(tensor, given, "%s of %s".formatted(words(parts), why));
        });
    assignment.give(out, List.of(given(scheme(Part.OUTPUT, sizes, width, 0))), "output of " + why);
  }

  private Mimetic scheme(Part part, Sizes sizes, long width, long first) {
    Product product = part.isByHeads() ? queriesAndKeys : valuesAndOutput;
    String group = part.isByHeads() ? sizes.group().query().tensor() : sizes.out();
    return new Mimetic(part, group, width, first, product.noise(), product.diagonal());
  }

  private static Given.Part given(Mimetic scheme) {
    return new Given.Part(Optional.of(scheme), 1);
  }

  private static String words(List<Part> parts) {
    return parts.size() == QUERIES_KEYS_VALUES
        ? "queries, keys and values"
        : String.join(
            " and ",
            parts.stream()
                .map(part -> part == Part.QUERY ? "queries" : part == Part.KEY ? "keys" : "values")
                .toList());
  }

  @Override
  public Optional<String> undoneByLsuv() {
    return Optional.of("it would scale the products that mimetic initialisation sets");
  }

  /** An attention's matrices and whether they can have such products. */
  private record Sizes(AttentionGroup group, Subject subject) {
    Map<Part, Projection> projections() {
      Map<Part, Projection> all = new LinkedHashMap<>();
      all.put(Part.QUERY, group.query());
      all.put(Part.KEY, group.key());
      all.put(Part.VALUE, group.value());
      return all;
    }

    String out() {
      return group
          .out()
          .orElseThrow(() -> refusal("no weight is behind its values, so they have no product"));
    }

    long heads(long stated) {
      if (group.heads() > 0 && stated > 0 && group.heads() != stated) {
        throw refusal("it has %d heads, not %d".formatted(group.heads(), stated));
      }
      if (group.heads() == 0 && stated == 0) {
        throw refusal(
            "its number of heads is not known (expected the parameter heads, as in {mimetic: {heads: 12}})");
      }
      return Math.max(group.heads(), stated);
    }

    /** Returns the width of a head. */
    long width(long count) {
      long queries = outputs(group.query());
      long keys = outputs(group.key());
      long values = outputs(group.value());
      if (keys != queries || values != queries) {
        throw refusal(
            "several of its heads share keys and values, and a factorisation gives each head keys of its own (expected equal numbers of outputs, found %d queries, %d keys, %d values)"
                .formatted(queries, keys, values));
      }
      if (queries % count != 0) {
        throw refusal("%d queries do not divide into %d heads".formatted(queries, count));
      }
      long inputs = inputs(tensor(group.query().tensor()));
      long outputs = outputs(tensor(out()));
      if (inputs != outputs || values > inputs || inputs(tensor(out())) != values) {
        throw refusal(
            "its values and output make no product of full rank (expected at most %d values and as many outputs as inputs, found %d values, %d inputs, %d outputs)"
                .formatted(inputs, values, inputs, outputs));
      }
      return queries / count;
    }

    /** Returns into how many shares of heads a tensor's matrices are cut: 1 if each is whole. */
    long shares(String name, int parts) {
      Tensor tensor = tensor(name);
      if (tensor.fused().size() == 1 && parts > 1) {
        throw refusal(
            "the %s of '%s' are interleaved by heads, whose number its shape does not tell; use the graph"
                .formatted(tensor.fused().get(0).name(), name));
      }
      return isByHeads(tensor, parts) ? tensor.fused().size() / parts : 1;
    }

    private static boolean isByHeads(Tensor tensor, int parts) {
      List<FusedPart> fused = tensor.fused();
      return fused.size() > parts && fused.get(0).fanOut() != fused.get(0).outputs();
    }

    private long outputs(Projection projection) {
      return projection.outputs(tensor(projection.tensor()));
    }

    private static long outputs(Tensor tensor) {
      return matrix(tensor).dim(tensor.layout() == Layout.OUT_IN ? 0 : 1);
    }

    private static long inputs(Tensor tensor) {
      return matrix(tensor).dim(tensor.layout() == Layout.OUT_IN ? 1 : 0);
    }

    private static Shape matrix(Tensor tensor) {
      return tensor.role().matrix(tensor.shape());
    }

    private Tensor tensor(String name) {
      return subject.tensor(name);
    }

    private IllegalArgumentException refusal(String reason) {
      return new IllegalArgumentException("'%s': %s".formatted(group.name(), reason));
    }
  }
}
