package dev.kindling.recipe;

import dev.kindling.scheme.Scheme;
import java.util.List;
import java.util.Optional;

/**
 * What the user says of the initial values.
 *
 * @param seed seed of every draw
 * @param rules in order, the first match wins
 * @param fallback scheme of the weights that no rule matches; absent for the recommendation of each
 */
public record InitSettings(long seed, List<Rule> rules, Optional<Scheme> fallback) {
  public InitSettings {
    rules = List.copyOf(rules);
  }
}
