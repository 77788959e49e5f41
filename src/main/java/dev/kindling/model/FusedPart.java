package dev.kindling.model;

import dev.kindling.base.Require;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One of several matrices that a layer stores as one tensor, next to each other along its outputs:
 * a gate of a recurrent layer, the queries, the keys or the values.
 *
 * @param name one word, such as {@code f} or {@code queries}
 * @param outputs number of its outputs
 * @param fanOut outputs of the whole matrix, of which a part may be one head's share
 */
public record FusedPart(String name, long outputs, long fanOut) {
  private static final List<String> ATTENTION = List.of("queries", "keys", "values");

  public FusedPart {
    Require.notBlank(name, "name of a part");
    Require.notNegative(outputs, "outputs of part " + name);
    Require.notNegative(fanOut, "fan-out of part " + name);
  }

  /** Returns a part that is a whole matrix. */
  public FusedPart(String name, long outputs) {
    this(name, outputs, outputs);
  }

  /**
   * Returns the gates of a recurrent layer, of one direction.
   *
   * @param letters a letter for each gate in the order in which they are stored: {@code ifgo}
   * @param units size of the hidden state
   */
  public static List<FusedPart> gates(String letters, long units) {
    return letters
        .chars()
        .mapToObj(letter -> new FusedPart(Character.toString(letter), units))
        .toList();
  }

  /** Returns the parts of a fused attention input: as many outputs for the values as the keys. */
  public static List<FusedPart> attention(long queries, long keys) {
    return List.of(
        new FusedPart(ATTENTION.get(0), queries),
        new FusedPart(ATTENTION.get(1), keys),
        new FusedPart(ATTENTION.get(2), keys));
  }

  /**
   * Returns the parts of queries, keys and values that are interleaved: of every head its queries,
   * then its keys, then its values.
   *
   * @param sizes outputs of each of the three in one head
   */
  public static List<FusedPart> byHeads(long heads, List<Long> sizes) {
    return Stream.generate(
            () ->
                IntStream.range(0, sizes.size())
                    .mapToObj(
                        i -> new FusedPart(ATTENTION.get(i), sizes.get(i), heads * sizes.get(i))))
        .limit(heads)
        .flatMap(head -> head)
        .toList();
  }

  /** Returns parts of these sizes, which are called by their number from 1 on. */
  public static List<FusedPart> numbered(List<Long> sizes) {
    return IntStream.range(0, sizes.size())
        .mapToObj(i -> new FusedPart(String.valueOf(i + 1), sizes.get(i)))
        .toList();
  }

  /** Returns the names of parts in order, each once: {@code i, f, g, o}. */
  public static String names(List<FusedPart> parts) {
    return parts.stream().map(FusedPart::name).distinct().collect(Collectors.joining(", "));
  }
}
