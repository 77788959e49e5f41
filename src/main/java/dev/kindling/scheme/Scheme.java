package dev.kindling.scheme;

import dev.kindling.model.Fans;
import java.io.Serializable;

/**
 * One initialisation method with its parameters. A new one is a record with {@link About}, a line
 * here and a line in {@link Schemes}.
 */
public sealed interface Scheme extends Serializable
    permits Zeros,
        Ones,
        Constant,
        Identity,
        Dirac,
        Hadamard,
        Uniform,
        Normal,
        TruncatedNormal,
        VarianceScaling,
        GlorotNormal,
        GlorotTruncatedNormal,
        GlorotUniform,
        HeNormal,
        HeTruncatedNormal,
        HeUniform,
        LecunNormal,
        LecunTruncatedNormal,
        LecunUniform,
        TorchDefault,
        TorchBias,
        TorchRnn,
        Orthogonal,
        DeltaOrthogonal,
        Polar,
        LooksLinear,
        Mimetic,
        Unitary,
        Urnn,
        Eunn,
        Permutation,
        Sparse,
        TorchSparse,
        RandomWalk,
        Irnn,
        LstmBias,
        GruBias,
        Chrono,
        ReluBias,
        PriorBias,
        Embedding,
        SmallInit,
        WangInit,
        Bert,
        Gpt2,
        Megatron {
  /**
   * Returns what is drawn for a tensor with these fans; schemes without fans ignore them.
   *
   * @throws IllegalArgumentException if the scheme has no draw for these fans
   */
  Draw draw(Fans fans);

  /**
   * Returns whether {@link #draw} depends on the fans: those of the tensor, or of the weight beside
   * it for a tensor of rank 1.
   */
  default boolean needsFans() {
    return false;
  }

  /** Returns the least rank of a tensor that the scheme has values for. */
  default int minRank() {
    return needsFans() ? 2 : 0;
  }

  /** Returns the greatest rank of a tensor that the scheme has values for. */
  default int maxRank() {
    return Integer.MAX_VALUE;
  }

  /** Returns whose fans count where the user states a convention: that one, unless it is fixed. */
  default Convention fanRule(Convention stated) {
    return stated;
  }
}
