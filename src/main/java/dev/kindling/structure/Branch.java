package dev.kindling.structure;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A residual branch: what is added to a shortcut.
 *
 * @param name how messages call it: the node that adds, or the common beginning of its names
 * @param kind what it computes
 * @param side part of the model that it belongs to
 * @param weights its weights in execution order, those of inner branches left out
 * @param matrices how many matrices they hold; fused ones count each
 * @param ends weights whose output reaches the sum without another weight in between
 * @param norms scales of its norms
 * @param endNorms those behind the last weight
 * @param scales trained factors behind the last weight
 * @param placement where it is normalised
 * @param shortcut weights of the shortcut
 * @param evidence what showed it
 */
public record Branch(
    String name,
    Kind kind,
    Side side,
    List<String> weights,
    int matrices,
    List<String> ends,
    List<String> norms,
    List<String> endNorms,
    List<String> scales,
    Placement placement,
    List<String> shortcut,
    String evidence) {
  /** What a branch computes. */
  public enum Kind {
    SELF_ATTENTION,
    CROSS_ATTENTION,
    /** Dense layers only. */
    FEED_FORWARD,
    CONVOLUTION;

    /** Returns whether queries meet keys in it. */
    public boolean isAttention() {
      return this == SELF_ATTENTION || this == CROSS_ATTENTION;
    }

    /** Returns the word that messages use. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Where a branch is normalised. */
  public enum Placement {
    NONE,
    /** Inside, before its weights. */
    BEFORE,
    /** Inside, with batch statistics. */
    BATCH,
    /** Behind the sum. */
    AFTER
  }

  public Branch {
    Objects.requireNonNull(kind, "kind is null");
    weights = List.copyOf(weights);
    ends = List.copyOf(ends);
    norms = List.copyOf(norms);
    endNorms = List.copyOf(endNorms);
    scales = List.copyOf(scales);
    shortcut = List.copyOf(shortcut);
  }

  /** Returns this branch on another side. */
  Branch on(Side other) {
    return new Branch(
        name, kind, other, weights, matrices, ends, norms, endNorms, scales, placement, shortcut,
        evidence);
  }

  /** Returns this branch as one of another kind, with another number of matrices. */
  Branch as(Kind other, int count) {
    return new Branch(
        name, other, side, weights, count, ends, norms, endNorms, scales, placement, shortcut,
        evidence);
  }
}
