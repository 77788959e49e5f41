package dev.kindling.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** A name that is none of those known; the message offers the nearest known one. */
public final class UnknownNameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

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
