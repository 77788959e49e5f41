package dev.kindling.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** A name that is none of those known; the message offers the nearest known one. */
public final class UnknownNameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Longer names are nobody's slip, and the distance to a known one would take long. */
  private static final int MAX_LENGTH = 200;

  /**
   * Describes the unknown name.
   *
   * @param what what it should have named, such as {@code key} or {@code scheme}
   * @param found the unknown name
   * @param known the names that there are
   */
  public UnknownNameException(String what, String found, Collection<String> known) {
    super(message(what, found, known));
  }

  private static String message(String what, String found, Collection<String> known) {
    if (found.length() > MAX_LENGTH) {
      return "unknown %s '%s...' of %d characters"
          .formatted(what, found.substring(0, MAX_LENGTH), found.length());
    }
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String lower = found.toLowerCase(Locale.ROOT);
    return "unknown %s '%s'%s"
        .formatted(
            what,
            found,
            known.stream()
                .min(Comparator.comparing(name -> distance.apply(name, lower)))
                .filter(name -> distance.apply(name, lower) <= Math.max(2, lower.length() / 3))
                .map(name -> ", did you mean '%s'?".formatted(name))
                .orElse(" (expected one of " + String.join(", ", known) + ")"));
  }
}
