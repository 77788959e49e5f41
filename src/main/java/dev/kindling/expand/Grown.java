package dev.kindling.expand;

import dev.kindling.model.SourceTensor;
import dev.kindling.scheme.Scheme;

/** Where a tensor of a large model gets its values from. */
public sealed interface Grown {
  /** Returns why, in words. */
  String why();

  /** It is that of the small model. */
  record Copied(SourceTensor tensor, String why) implements Grown {}

  /** It is a function of one of the small model. */
  record Expanded(Expansion expansion, String why) implements Grown {}

  /** The small model has none such, and it is drawn so that the function stays. */
  record Drawn(Scheme scheme, String why) implements Grown {}
}
