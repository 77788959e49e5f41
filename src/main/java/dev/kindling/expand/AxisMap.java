package dev.kindling.expand;

import dev.kindling.base.Require;
import dev.kindling.random.Stream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Which index of a small axis each index of a large one takes its values from.
 *
 * @param kind how
 * @param parts what lies one behind the other on the axis, each mapped within itself: queries, keys
 *     and values; a single one as a rule
 * @param unit how many neighbouring indices belong together and are mapped as one: a head, the
 *     pixels of a channel
 * @param key name of the draws of a drawn map; axes with the same name, sizes and seed have the
 *     same map
 * @param division whether values are divided by how often their small index occurs, as inputs have
 *     to be
 */
public record AxisMap(Kind kind, List<Part> parts, long unit, String key, Division division)
    implements Serializable {
  /** How indices are mapped. */
  public enum Kind {
    /** Each to itself. */
    SAME,
    /** {@code index mod small}. */
    CYCLIC,
    /**
     * The first to themselves, each later one to any, drawn (Chen, Goodfellow, Shlens 2016, eq. 4).
     */
    DRAWN
  }

  /** Whether values are divided. */
  public enum Division {
    NONE,
    BY_COPIES
  }

  /**
   * A piece of an axis.
   *
   * @param small its extent in the small tensor
   * @param large its extent in the large one
   */
  public record Part(long small, long large) implements Serializable {
    public Part {
      Require.positive(small, "small extent");
      if (large < small) {
        throw new IllegalArgumentException(
            "the large extent is below the small one (%d, %d)".formatted(large, small));
      }
    }
  }

  public AxisMap {
    Objects.requireNonNull(kind, "kind is null");
    Objects.requireNonNull(division, "division is null");
    Require.positive(unit, "unit");
    Require.positive(parts.size(), "number of parts");
    parts = List.copyOf(parts);
    for (Part part : parts) {
      if (part.small() % unit != 0 || part.large() % unit != 0) {
        throw new IllegalArgumentException(
            "%s does not divide into units of %d".formatted(part, unit));
      }
      if (kind == Kind.SAME && part.small() != part.large()) {
        throw new IllegalArgumentException("%s is not the same".formatted(part));
      }
    }
  }

  /** Returns the map of an axis that stays. */
  public static AxisMap same(long extent) {
    return new AxisMap(Kind.SAME, List.of(new Part(extent, extent)), 1, "", Division.NONE);
  }

  /** Returns the extent of the small axis. */
  public long small() {
    return parts.stream().mapToLong(Part::small).sum();
  }

  /** Returns the extent of the large axis. */
  public long large() {
    return parts.stream().mapToLong(Part::large).sum();
  }

  /** Returns the small index of every large one. */
  public int[] indices(long seed) {
    int[] indices = new int[Math.toIntExact(large())];
    int at = 0;
    int base = 0;
    for (int number = 0; number < parts.size(); number++) {
      Part part = parts.get(number);
      Units units = new Units(seed, number, Math.toIntExact(part.small() / unit));
      for (int i = 0; i < part.large(); i++) {
        indices[at++] = base + Math.toIntExact(units.of((int) (i / unit)) * unit + i % unit);
      }
      base += Math.toIntExact(part.small());
    }
    return indices;
  }

  /** Returns what the value of every large index is multiplied by. */
  public double[] shares(int[] indices) {
    double[] shares = new double[indices.length];
    int[] copies = new int[Math.toIntExact(small())];
    for (int index : indices) {
      copies[index]++;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] = division == Division.BY_COPIES ? 1.0 / copies[indices[i]] : 1;
    }
    return shares;
  }

  /** Returns of every large index whether the small axis has none of its number. */
  public boolean[] added() {
    boolean[] added = new boolean[Math.toIntExact(large())];
    int at = 0;
    for (Part part : parts) {
      for (int i = 0; i < part.large(); i++) {
        added[at++] = i >= part.small();
      }
    }
    return added;
  }

  /** Returns what the map does, in words. */
  public String described() {
    if (kind == Kind.SAME) {
      return "same";
    }
    List<String> extents = new ArrayList<>();
    parts.stream().distinct().forEach(p -> extents.add(p.small() + " to " + p.large()));
    return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + String.join(", ", extents);
  }

  /** The small unit of each large one, for one part. */
  private final class Units {
    private final int small;
    private final Stream stream;
    private final int[] words = new int[Stream.TILE_WORDS];
    private long tile = -1;

    Units(long seed, int part, int small) {
      this.small = small;
      this.stream = Stream.of(seed, "map " + part + " of " + key, Stream.Purpose.POSITIONS);
    }

    int of(int large) {
      return switch (kind) {
        case SAME -> large;
        case CYCLIC -> large % small;
        case DRAWN -> large < small ? large : drawn(large);
      };
    }

    /** The word of that number as a fraction of 2^32, times the number of units. */
    private int drawn(int large) {
      if (large / Stream.TILE_WORDS != tile) {
        tile = large / Stream.TILE_WORDS;
        stream.tile(tile, words);
      }
      long word = Integer.toUnsignedLong(words[large % Stream.TILE_WORDS]);
      return (int) ((word * small) >>> Integer.SIZE);
    }
  }
}
