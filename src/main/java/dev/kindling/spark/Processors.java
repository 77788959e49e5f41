package dev.kindling.spark;

import dev.kindling.forward.ForwardEnvironment;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Types of processors that stages ran on: the last bits of a forward pass depend on them. */
final class Processors {
  private final SortedSet<String> known = new TreeSet<>();
  private boolean said;

  /** Starts with the driver's, which goes into the manifest. */
  Processors() {
    this(ForwardEnvironment.cpu());
  }

  Processors(String driver) {
    known.add(driver);
  }

  /** Returns what the user should know now that stages have run on these, the first time. */
  Optional<String> note(Collection<String> executors) {
    known.addAll(executors);
    if (said || known.size() == 1) {
      return Optional.empty();
    }
    said = true;
    return Optional.of(
        "Note: processors differ (%s): scales may differ in their last bits from those of a run where tasks fall elsewhere"
            .formatted(String.join("; ", known)));
  }
}
