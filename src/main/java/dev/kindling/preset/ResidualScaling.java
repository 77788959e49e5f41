package dev.kindling.preset;

import dev.kindling.model.Role;
import dev.kindling.scheme.Gpt2;
import dev.kindling.scheme.Megatron;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.SmallInit;
import dev.kindling.scheme.WangInit;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Structure;
import java.util.List;
import java.util.Optional;

/**
 * GPT-2's, Megatron's and GPT-NeoX's rules: one standard deviation for all weights and embeddings,
 * a smaller one for those that write to the residual stream.
 *
 * <p>Sources: Radford et al. 2019, section 2.3: {@code std / sqrt(N)} for N residual branches;
 * Shoeybi et al. 2019: {@code std / sqrt(2 L)} for L layers; GPT-NeoX: small_init ({@code sqrt(2 /
 * (5 d))}, Nguyen and Salazar 2019) with wang_init ({@code 2 / (L sqrt(d))}).
 *
 * @param kind whose rule
 * @param std standard deviation, without meaning for small_init
 * @param positionStd that of position embeddings
 */
record ResidualScaling(Kind kind, double std, double positionStd) implements Preset {
  /** Whose rule. */
  enum Kind {
    GPT2,
    MEGATRON,
    SMALL_INIT
  }

  @Override
  public String name() {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public Outcome apply(Subject subject) {
    List<Branch> branches = subject.transformerBranches();
    Assignment assignment = new Assignment("preset " + name());
    long width = width(subject, branches);
    int layers = Math.toIntExact(Structure.layers(branches));
    for (Branch branch : branches) {
      branch.ends().forEach(end -> end(end, branch, branches.size(), layers, width, assignment));
    }
    Scheme plain = plain(width);
    subject.weights().forEach(t -> assignment.give(t.name(), plain, 1, "weight"));
    subject
        .tensors(Role.EMBEDDING)
        .forEach(
            t -> {
              boolean position = subject.structure().positions().contains(t.name());
              Scheme rows = position ? new Normal(0, positionStd) : plain;
              assignment.give(t.name(), rows, 1, position ? "position" : "embedding");
            });
    subject
        .tensors(Role.ADDITIVE)
        .forEach(t -> assignment.give(t.name(), new Normal(0, positionStd), 1, "position"));
    return assignment.outcome();
  }

  private Scheme plain(long width) {
    return switch (kind) {
      case GPT2 -> new Gpt2(std, 0);
      case MEGATRON -> new Megatron(std, 0, 2);
      case SMALL_INIT -> new SmallInit(width);
    };
  }

  private void end(
      String end, Branch branch, int count, int layers, long width, Assignment assignment) {
    String why = "end of %s".formatted(branch.name());
    switch (kind) {
      case GPT2 -> {
        String all = "%s, N = %d".formatted(why, count);
        if (count % 2 == 0) {
          assignment.give(end, new Gpt2(std, count / 2), 1, all);
        } else {
          assignment.give(end, new Gpt2(std, 0), 1 / Math.sqrt(count), all);
        }
      }
      case MEGATRON ->
          assignment.give(
              end, new Megatron(std, layers, 2), 1, "%s, L = %d".formatted(why, layers));
      case SMALL_INIT ->
          assignment.give(end, new WangInit(layers, width), 1, "%s, L = %d".formatted(why, layers));
    }
  }

  /** The outputs of what writes to the stream. */
  private static long width(Subject subject, List<Branch> branches) {
    return branches.stream()
        .flatMap(branch -> branch.ends().stream())
        .findFirst()
        .map(subject::tensor)
        .map(t -> t.shape().dim(t.layout() == dev.kindling.model.Layout.OUT_IN ? 0 : 1))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no weight is known to end a residual branch (expected names such as h.0.mlp.c_proj)"));
  }

  @Override
  public Optional<String> undoneByLsuv() {
    return Optional.of(
        "it would give every layer another deviation, and the ends of branches the same as the others");
  }
}
