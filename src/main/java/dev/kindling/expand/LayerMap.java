package dev.kindling.expand;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which layer of a small stack each layer of a large one comes from, by the first number in the
 * names of their tensors.
 */
final class LayerMap {
  private static final Pattern LAYER = Pattern.compile("^(.*?\\D|)(\\d+)\\.(.+)$");

  private final ExpandSettings.Depth depth;
  private final Map<String, Integer> small;
  private final Map<String, Integer> large;

  /** Where a tensor comes from. */
  record Origin(String name, boolean isCopy) {}

  LayerMap(ExpandSettings.Depth depth, Set<String> small, Set<String> large) {
    this.depth = depth;
    this.small = counts(small);
    this.large = counts(large);
  }

  private static Map<String, Integer> counts(Set<String> names) {
    Map<String, Set<Integer>> numbers = new HashMap<>();
    for (String name : names) {
      Matcher layer = LAYER.matcher(name);
      if (layer.matches() && layer.group(2).length() < 6) {
        numbers
            .computeIfAbsent(layer.group(1), key -> new TreeSet<>())
            .add(Integer.valueOf(layer.group(2)));
      }
    }
    Map<String, Integer> counts = new HashMap<>();
    numbers.forEach((prefix, found) -> counts.put(prefix, found.size()));
    return counts;
  }

  /** Returns what a tensor comes from, and whether another one comes from there before it. */
  Origin origin(String name) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches() || layer.group(2).length() >= 6) {
      return new Origin(name, false);
    }
    int few = small.getOrDefault(layer.group(1), 0);
    int many = large.getOrDefault(layer.group(1), 0);
    if (few == 0 || few >= many || depth == ExpandSettings.Depth.NONE) {
      return new Origin(name, false);
    }
    int number = Integer.parseInt(layer.group(2));
    int from = from(number, few, many);
    return new Origin(
        layer.group(1) + from + "." + layer.group(3),
        number > 0 && isRepeated(number, from, few, many));
  }

  private boolean isRepeated(int number, int from, int few, int many) {
    return depth == ExpandSettings.Depth.STACK
        ? number >= few
        : from(number - 1, few, many) == from;
  }

  private int from(int number, int few, int many) {
    return depth == ExpandSettings.Depth.STACK
        ? number % few
        : Math.toIntExact((long) number * few / many);
  }

  /** Returns the same tensor of the layer behind, or of the last one itself. */
  String behind(String name) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches() || layer.group(2).length() >= 6) {
      return name;
    }
    int last = small.getOrDefault(layer.group(1), 1) - 1;
    int next = Math.min(last, Integer.parseInt(layer.group(2)) + 1);
    return layer.group(1) + next + "." + layer.group(3);
  }
}
