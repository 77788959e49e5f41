package dev.kindling.structure;

import dev.kindling.structure.AttentionGroup.Projection;
import java.util.ArrayList;
import java.util.List;

/** Says of a tensor where it stands in its model and what showed that. */
public final class Explanation {
  private Explanation() {}

  /** Returns a line for each thing that was found, none for a tensor of no place. */
  public static List<String> of(String tensor, Structure structure) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < structure.branches().size(); i++) {
      branch(tensor, structure.branches().get(i), i, structure, lines);
    }
    for (AttentionGroup group : structure.attentions()) {
      attention(tensor, group, lines);
    }
    if (structure.heads().contains(tensor)) {
      lines.add("head: no other weight comes between it and the output");
    }
    if (structure.positions().contains(tensor)) {
      lines.add("position embedding: it is read by position, not by data");
    }
    for (List<String> chain : structure.chains()) {
      if (chain.contains(tensor)) {
        lines.add(
            "chain: layer %d of %d with a ReLU between each two"
                .formatted(chain.indexOf(tensor) + 1, chain.size()));
      }
    }
    return lines;
  }

  private static void branch(
      String tensor, Branch branch, int index, Structure structure, List<String> lines) {
    String place =
        "residual branch %d of %d (%s, %s): "
            .formatted(
                index + 1,
                structure.branches().size(),
                branch.kind().label(),
                branch.side().label());
    String because = "; " + branch.evidence();
    if (branch.weights().contains(tensor)) {
      lines.add(
          place
              + "weight %d of %d (m = %d matrices)%s"
                  .formatted(
                      branch.weights().indexOf(tensor) + 1,
                      branch.weights().size(),
                      branch.matrices(),
                      branch.ends().contains(tensor) ? ", its end" : "")
              + because);
    } else if (branch.endNorms().contains(tensor)) {
      lines.add(place + "scale of the norm at its end" + because);
    } else if (branch.norms().contains(tensor)) {
      lines.add(place + "scale of a norm inside" + because);
    } else if (branch.scales().contains(tensor)) {
      lines.add(place + "trained factor at its end" + because);
    } else if (branch.shortcut().contains(tensor)) {
      lines.add(place + "weight of its shortcut" + because);
    }
  }

  private static void attention(String tensor, AttentionGroup group, List<String> lines) {
    List<String> parts = new ArrayList<>();
    add(tensor, group.query(), "queries", parts);
    add(tensor, group.key(), "keys", parts);
    add(tensor, group.value(), "values", parts);
    if (group.out().filter(tensor::equals).isPresent()) {
      parts.add("output");
    }
    if (!parts.isEmpty()) {
      lines.add(
          "attention: %s of %s heads%s; %s"
              .formatted(
                  String.join(", ", parts),
                  group.heads() == 0 ? "unknown" : String.valueOf(group.heads()),
                  group.memory() == AttentionGroup.Memory.OTHER ? " over another sequence" : "",
                  group.evidence()));
    }
  }

  private static void add(String tensor, Projection projection, String what, List<String> parts) {
    if (projection.tensor().equals(tensor)) {
      parts.add(what);
    }
  }
}
