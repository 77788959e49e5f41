package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Scheme;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives something to the tensors whose name and role match. The first rule that matches wins.
 *
 * @param match glob on the whole name, {@code *} for any run of characters and {@code ?} for one;
 *     absent for any name
 * @param role role, absent for any
 * @param start what matching tensors get
 */
public record Rule(Optional<String> match, Optional<Role> role, Start start) {
  public Rule {
    Objects.requireNonNull(start, "start is null");
    match.ifPresent(glob -> Require.notBlank(glob, "match"));
    if (match.isEmpty() && role.isEmpty()) {
      throw new IllegalArgumentException("a rule needs match, role or both");
    }
  }

  /** Returns a rule that draws tensors that are what the model says. */
  public Rule(Optional<String> match, Optional<Role> role, Scheme scheme) {
    this(match, role, scheme, List.of());
  }

  /**
   * Returns a rule that draws tensors.
   *
   * @param parts as {@link Start.Drawn} has them
   */
  public Rule(Optional<String> match, Optional<Role> role, Scheme scheme, List<Long> parts) {
    this(match, role, new Start.Drawn(scheme, parts));
  }

  /** Returns whether the rule gives what it has to the tensor. */
  public boolean matches(Tensor tensor) {
    return role.map(wanted -> wanted == tensor.role()).orElse(true)
        && match.map(glob -> matches(glob, tensor.name())).orElse(true);
  }

  /**
   * Returns whether a glob fits a whole name: {@code *} any run of characters, {@code ?} one. Plans
   * of large models ask this a million times, so that nothing is compiled.
   */
  public static boolean matches(String glob, String name) {
    int g = 0;
    int n = 0;
    int star = -1;
    int afterStar = 0;
    while (n < name.length()) {
      char wanted = g < glob.length() ? glob.charAt(g) : 0;
      if (wanted == '*') {
        star = g++;
        afterStar = n;
      } else if (g < glob.length() && (wanted == '?' || wanted == name.charAt(n))) {
        g++;
        n++;
      } else if (star >= 0) {
        g = star + 1;
        n = ++afterStar;
      } else {
        return false;
      }
    }
    return glob.substring(g).chars().allMatch(rest -> rest == '*');
  }

  /** Returns the rule's condition in words: {@code match head.*, role bias}. */
  public String condition() {
    String name = match.map(glob -> "match " + glob).orElse("");
    String kind = role.map(wanted -> "role " + wanted.label()).orElse("");
    return name.isEmpty() || kind.isEmpty() ? name + kind : name + ", " + kind;
  }
}
