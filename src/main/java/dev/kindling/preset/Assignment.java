package dev.kindling.preset;

import dev.kindling.scheme.Scheme;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a preset gives, and what the user should know of it. */
final class Assignment {
  private final String giver;
  private final Map<String, Given> given = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param giver in words, as messages and recipes have it
   */
  Assignment(String giver) {
    this.giver = giver;
  }

  /** Gives a scheme; what a tensor was given first stays. */
  void give(String tensor, Scheme scheme, double factor, String why) {
    give(tensor, Given.of(scheme, factor, why(why)));
  }

  /** Gives each of a tensor's matrices its own. */
  void give(String tensor, List<Given.Part> parts, String why) {
    give(tensor, new Given(parts, why(why)));
  }

  private void give(String tensor, Given what) {
    given.putIfAbsent(tensor, what);
  }

  void note(String line) {
    notes.add("%s: %s".formatted(giver, line));
  }

  Preset.Outcome outcome() {
    return new Preset.Outcome(given, notes);
  }

  private String why(String what) {
    return "%s: %s".formatted(giver, what);
  }
}
