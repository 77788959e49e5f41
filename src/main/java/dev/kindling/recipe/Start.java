package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.scheme.Scheme;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a rule gives to the tensors that it matches. */
public sealed interface Start {
  /**
   * They are drawn.
   *
   * @param scheme how
   * @param parts outputs of the matrices that a matching tensor stores next to each other, such as
   *     queries, keys and values; empty for what the model says
   */
  record Drawn(Scheme scheme, List<Long> parts) implements Start {
    public Drawn {
      Objects.requireNonNull(scheme, "scheme is null");
      parts = List.copyOf(parts);
      parts.forEach(part -> Require.positive(part, "part"));
    }
  }

  /**
   * They have the values of another checkpoint.
   *
   * @param from path of the checkpoint
   * @param name what it calls them: each {@code *} stands for what the star of the same number in
   *     the rule's {@code match} stands for; absent for the same names
   * @param unexpected what is to be done if the checkpoint has more tensors of such names
   */
  record Kept(String from, Optional<String> name, Unexpected unexpected) implements Start {
    public Kept {
      Require.notBlank(from, "from");
      name.ifPresent(glob -> Require.notBlank(glob, "name"));
    }
  }

  /** What happens if a checkpoint has tensors that the model has no place for. */
  enum Unexpected {
    REFUSE,
    IGNORE
  }
}
