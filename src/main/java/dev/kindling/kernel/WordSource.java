package dev.kindling.kernel;

/** Makes the words of one stream. */
@FunctionalInterface
public interface WordSource {
  /** Writes the words of consecutive tiles, as {@link dev.kindling.random.Stream#tiles} does. */
  void tiles(long tile, int count, int[] words);
}
