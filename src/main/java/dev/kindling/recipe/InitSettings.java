package dev.kindling.recipe;

import dev.kindling.expand.ExpandSettings;
import dev.kindling.preset.Preset;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Scheme;
import java.util.List;
import java.util.Optional;

/**
 * What the user says of the initial values.
 *
 * @param seed seed of every draw
 * @param rules in order, the first match wins
 * @param presets in order, the first that gives something to a tensor wins, after the rules
 * @param undoing what happens when calibration would undo a preset
 * @param fallback scheme of the weights that no rule matches; absent for the recommendation of each
 * @param expand the small model that gives what no rule does, absent for none
 * @param convention whose fans count, and whose truncation in what is recommended
 */
public record InitSettings(
    long seed,
    List<Rule> rules,
    List<Preset> presets,
    Undoing undoing,
    Optional<Scheme> fallback,
    Optional<ExpandSettings> expand,
    Convention convention) {
  /** What happens when calibration would undo a preset. */
  public enum Undoing {
    REFUSE,
    FORCE
  }

  public InitSettings {
    rules = List.copyOf(rules);
    presets = List.copyOf(presets);
  }

  /** Returns settings without a small model. */
  public InitSettings(
      long seed,
      List<Rule> rules,
      List<Preset> presets,
      Undoing undoing,
      Optional<Scheme> fallback,
      Convention convention) {
    this(seed, rules, presets, undoing, fallback, Optional.empty(), convention);
  }

  /** Returns settings without presets. */
  public InitSettings(
      long seed, List<Rule> rules, Optional<Scheme> fallback, Convention convention) {
    this(seed, rules, List.of(), Undoing.REFUSE, fallback, convention);
  }

  /** Returns settings under the papers' convention. */
  public InitSettings(long seed, List<Rule> rules, Optional<Scheme> fallback) {
    this(seed, rules, fallback, Convention.PAPER);
  }

  /** Returns these settings with another seed. */
  public InitSettings withSeed(long other) {
    return new InitSettings(other, rules, presets, undoing, fallback, expand, convention);
  }

  /** Returns these settings with a small model. */
  public InitSettings withExpand(ExpandSettings other) {
    return new InitSettings(
        seed, rules, presets, undoing, fallback, Optional.of(other), convention);
  }

  /** Returns these settings with other presets. */
  public InitSettings withPresets(List<Preset> others) {
    return new InitSettings(seed, rules, others, undoing, fallback, expand, convention);
  }
}
