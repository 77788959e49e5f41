package dev.kindling.preset;

import dev.kindling.scheme.Scheme;
import dev.kindling.structure.AttentionGroup;
import dev.kindling.structure.AttentionGroup.Projection;
import dev.kindling.structure.Branch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells, in a Transformer's branch, the matrices that values go through (values, output, both of
 * the MLP) from queries and keys, and gives the former a factor.
 */
final class ValuePath {
  private final Subject subject;
  private final Scheme base;
  private final Assignment assignment;

  ValuePath(Subject subject, Scheme base, Assignment assignment) {
    this.subject = subject;
    this.base = base;
    this.assignment = assignment;
  }

  /** Gives every weight of a branch the base scheme, with the factor where values go. */
  void give(Branch branch, double factor) {
    for (String weight : branch.weights()) {
      Optional<AttentionGroup> group = subject.structure().attentionOf(weight);
      if (group.isPresent()) {
        attention(weight, group.get(), branch, factor);
      } else {
        assignment.give(weight, base, factor, "feed-forward of " + branch.name());
      }
    }
  }

  private void attention(String weight, AttentionGroup group, Branch branch, double factor) {
    List<Projection> stored =
        List.of(group.query(), group.key(), group.value()).stream()
            .filter(projection -> projection.tensor().equals(weight))
            .toList();
    if (stored.isEmpty()) {
      assignment.give(weight, base, factor, "output of " + branch.name());
      return;
    }
    if (stored.size() == 1) {
      boolean values = stored.get(0).equals(group.value());
      assignment.give(
          weight,
          base,
          values ? factor : 1,
          (values ? "values of " : "queries or keys of ") + branch.name());
      return;
    }
    List<Given.Part> parts = new ArrayList<>();
    for (Projection projection : stored) {
      boolean values = projection.equals(group.value());
      parts.add(new Given.Part(Optional.of(base), values ? factor : 1));
    }
    assignment.give(weight, parts, "values of %s scaled".formatted(branch.name()));
  }
}
