package dev.kindling.preset;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A method that gives values to tensors by their place in the model. */
public interface Preset {
  /** Returns its name in configuration and recipes. */
  String name();

  /**
   * Returns what it gives to which tensor of a model.
   *
   * @throws IllegalArgumentException if the model lacks the structure that it is for; the message
   *     says what
   */
  Outcome apply(Subject subject);

  /** Returns why LSUV would undo it, if it would. */
  default Optional<String> undoneByLsuv() {
    return Optional.empty();
  }

  /**
   * What a preset gives.
   *
   * @param given by tensor name
   * @param notes what the user should know, one line each
   */
  record Outcome(Map<String, Given> given, List<String> notes) {
    public Outcome {
      given = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(given));
      notes = List.copyOf(notes);
    }
  }
}
