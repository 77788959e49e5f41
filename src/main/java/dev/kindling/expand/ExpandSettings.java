package dev.kindling.expand;

import dev.kindling.base.Require;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How a large model is to come from a small one.
 *
 * @param from path of the small checkpoint
 * @param method how widths grow
 * @param noise signal-to-noise ratio in dB of what breaks the symmetry of copies, absent for none
 * @param depth where layers that the small model lacks come from
 * @param ends what the last weights of residual branches in such layers are
 * @param head what the output layer is where the large model has no tensor for it
 * @param headSize outputs of an attention head, 0 if that does not matter
 * @param identities globs of layers that start as identity (Net2DeeperNet)
 */
public record ExpandSettings(
    String from,
    Method method,
    OptionalDouble noise,
    Depth depth,
    Ends ends,
    Head head,
    long headSize,
    List<String> identities) {
  /** How widths grow. */
  public enum Method {
    /** Whole factors, copies in a cycle (Samragh et al. 2024). */
    HYPERCLONING,
    /** Any width, copies drawn (Chen, Goodfellow, Shlens 2016). */
    NET2NET,
    /** Function-preserving initialisation of bert2BERT (Chen et al. 2022). */
    FPI,
    /** The same with new outputs from the layer behind (advanced knowledge initialisation). */
    AKI
  }

  /** Where layers come from that the small model lacks. */
  public enum Depth {
    /** There must be none. */
    NONE,
    /** The small stack again from its beginning (Gong et al. 2019). */
    STACK,
    /** Each layer followed by its copies. */
    INTERLEAVE
  }

  /** What ends residual branches of added layers. */
  public enum Ends {
    /** Zeros: the branch adds nothing, the function stays. */
    ZERO,
    /** The copy's. */
    COPY
  }

  /** What the output layer is where there is no tensor for it. */
  public enum Head {
    /** There is none. */
    NONE,
    /** The embedding of tokens. */
    TIED
  }

  public ExpandSettings {
    Require.notBlank(from, "from");
    Require.notNegative(headSize, "head size");
    identities = List.copyOf(identities);
  }

  /** Returns the same for another small checkpoint. */
  public ExpandSettings from(String other) {
    return new ExpandSettings(other, method, noise, depth, ends, head, headSize, identities);
  }
}
