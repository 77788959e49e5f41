package dev.kindling.kernel;

import dev.kindling.random.Stream;
import java.util.Objects;

/**
 * Independent draws, one for every index, that kernels write as float32 or float64.
 *
 * @param stream where their words come from
 * @param law their distribution
 * @param affine what is done to each
 */
public record Variates(Stream stream, Law law, Affine affine) {
  public Variates {
    Objects.requireNonNull(stream, "stream is null");
    Objects.requireNonNull(law, "law is null");
    Objects.requireNonNull(affine, "affine is null");
  }

  /** Returns the standard normals of a stream. */
  public static Variates standardNormal(Stream stream) {
    return new Variates(stream, new Law.Normal(), new Affine(1, 0));
  }
}
