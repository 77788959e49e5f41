package dev.kindling.report;

import dev.kindling.model.Activation;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.report.Content.Table;
import dev.kindling.report.Page.Section;
import dev.kindling.structure.AttentionGroup;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Lists residual branches and attention. */
public final class StructureTables {
  private StructureTables() {}

  /** Returns a row per residual branch. */
  public static List<List<String>> branches(Structure structure) {
    return structure.branches().stream().map(StructureTables::row).toList();
  }

  /** Returns a row per attention. */
  public static List<List<String>> attentions(Structure structure) {
    return structure.attentions().stream().map(StructureTables::row).toList();
  }

  /** A checkpoint holds no graph: what its run saw is shown, or what its names say. */
  static Optional<Section> section(List<CheckpointSubject> subjects) {
    CheckpointSubject first = subjects.get(0);
    boolean seen = !first.run().branches().isEmpty() || !first.run().attentions().isEmpty();
    Structure named = Structure.of(model(first.recipe()));
    List<List<String>> branches = seen ? first.run().branches() : branches(named);
    List<List<String>> attentions = seen ? first.run().attentions() : attentions(named);
    List<Content> contents = new ArrayList<>();
    if (!branches.isEmpty()) {
      contents.add(
          new Table(
              List.of(
                  Table.left("residual branch"),
                  Table.left("kind"),
                  Table.left("weights"),
                  Table.left("ends with"),
                  Table.left("normalised")),
              branches));
    }
    if (!attentions.isEmpty()) {
      contents.add(
          new Table(
              List.of(
                  Table.left("attention"),
                  Table.left("queries, keys, values"),
                  Table.left("output"),
                  Table.right("heads")),
              attentions));
    }
    return contents.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Section(
                "Structure",
                seen ? "As the model's graph showed it." : "As the tensors' names tell it.",
                contents));
  }

  private static List<String> row(Branch branch) {
    return List.of(
        branch.name(),
        branch.kind().label(),
        String.join(", ", branch.weights()),
        String.join(", ", branch.ends()),
        branch.placement().name().toLowerCase(Locale.ROOT));
  }

  private static List<String> row(AttentionGroup group) {
    List<String> projections =
        List.of(group.query(), group.key(), group.value()).stream()
            .map(AttentionGroup.Projection::tensor)
            .distinct()
            .toList();
    return List.of(
        group.name(),
        String.join(", ", projections),
        group.out().orElse("-"),
        group.heads() == 0 ? "unknown" : String.valueOf(group.heads()));
  }

  private static Model model(Recipe recipe) {
    return new Model(
        "recipe",
        recipe.entries().stream().map(StructureTables::tensor).toList(),
        Optional.empty());
  }

  private static Tensor tensor(RecipeEntry entry) {
    return new Tensor(
        entry.tensor(),
        entry.shape(),
        entry.type(),
        entry.role(),
        entry.layout(),
        1,
        1,
        Activation.NONE,
        entry.aliases(),
        Optional.empty());
  }
}
