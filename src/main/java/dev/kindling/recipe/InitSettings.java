package dev.kindling.recipe;

import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Scheme;
import java.util.List;
import java.util.Optional;

/**
 * What the user says of the initial values.
 *
 * @param seed seed of every draw
 * @param rules in order, the first match wins
 * @param fallback scheme of the weights that no rule matches; absent for the recommendation of each
 * @param convention whose fans count, and whose truncation in what is recommended
 */
public record InitSettings(
    long seed, List<Rule> rules, Optional<Scheme> fallback, Convention convention) {
  public InitSettings {
    rules = List.copyOf(rules);
  }

  /** Returns settings under the papers' convention. */
  public InitSettings(long seed, List<Rule> rules, Optional<Scheme> fallback) {
    this(seed, rules, fallback, Convention.PAPER);
  }
}
