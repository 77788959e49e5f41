package dev.kindling.recipe;

import dev.kindling.scheme.Draw;
import java.util.List;
import java.util.Optional;

/**
 * PyTorch's LSTM adds two bias vectors, {@code bias_ih_l0} and {@code bias_hh_l0}: a forget bias in
 * both counts twice.
 */
final class TwoBiases {
  private static final String INPUT = "bias_ih";
  private static final String HIDDEN = "bias_hh";

  private TwoBiases() {}

  /** Returns a line for each pair of biases that both hold a gate's value. */
  static List<String> notes(List<RecipeEntry> entries) {
    return entries.stream()
        .filter(entry -> entry.tensor().contains(INPUT) && holdsGate(entry))
        .flatMap(entry -> partner(entry, entries).stream())
        .map(
            partner ->
                "'%s' and '%s' are added and both hold a gate's bias, which counts twice; give one of them zeros"
                    .formatted(partner.tensor().replace(HIDDEN, INPUT), partner.tensor()))
        .toList();
  }

  private static Optional<RecipeEntry> partner(RecipeEntry entry, List<RecipeEntry> entries) {
    String name = entry.tensor().replace(INPUT, HIDDEN);
    return entries.stream()
        .filter(other -> other.tensor().equals(name) && holdsGate(other))
        .findFirst();
  }

  private static boolean holdsGate(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn
        && drawn.blocks().stream()
            .map(block -> block.scheme().draw(block.fans()))
            .anyMatch(draw -> draw instanceof Draw.GateFill || draw instanceof Draw.GateLags);
  }
}
